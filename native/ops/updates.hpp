// Update rules: one struct each, and its place in the list at the end.
//
// A rule takes a weight w, its gradient g, its STATES numbers of state and this step's Rate, and
// gives the weight after the step; states change in place. It meets every weight and bias at every
// step; what is the same for all of them, `prepare` works out once a step. Only where LINEAR it
// must be w − g: then g carries the rate η already, steps may be taken late and in parts, and a
// zero gradient is skipped (kernels/lazy.hpp, kernels/sparse.hpp). Elsewhere g is ∇C itself.
#pragma once
#include <cmath>
#include "ops/list.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

struct Rate {  // of one step
  float eta;
  float numbers[MOST_NUMBERS];  // the rule's PARAMETERS, or what `prepare` makes of them
};

// The rate of step n, counted from 0 over the whole training
template <class Rule>
static Rate rate_of(float eta, const double *parameters, int64_t n) {
  Rate rate = {eta, {}};
  for (std::size_t k = 0; k < Rule::PARAMETERS.size(); ++k)
    rate.numbers[k] = static_cast<float>(parameters[k]);
  if constexpr (requires { Rule::prepare(rate, parameters, n); })
    Rule::prepare(rate, parameters, n);
  return rate;
}

struct Plain {  // gradient descent: w ← w − η∇C
  static constexpr const char *NAME = "plain";
  static constexpr std::array<const char *, 0> PARAMETERS{};
  static constexpr int STATES = 0;
  static constexpr bool LINEAR = true;
  ALWAYS_INLINE vf operator()(vf w, vf g, vf *, const Rate &) const { return w - g; }
};

struct Momentum {  // the heavy ball: v ← βv − η∇C, w ← w + v (Polyak 1964)
  static constexpr const char *NAME = "momentum";
  static constexpr std::array PARAMETERS{"beta"};
  static constexpr int STATES = 1;
  static constexpr bool LINEAR = false;
  ALWAYS_INLINE vf operator()(vf w, vf g, vf *v, const Rate &rate) const {
    *v = rate.numbers[0] * *v - rate.eta * g;
    return w + *v;
  }
};

struct Nesterov {  // v ← βv − η∇C, w ← w + βv − η∇C (Nesterov 1983)
  static constexpr const char *NAME = "nesterov";
  static constexpr std::array PARAMETERS{"beta"};
  static constexpr int STATES = 1;
  static constexpr bool LINEAR = false;
  ALWAYS_INLINE vf operator()(vf w, vf g, vf *v, const Rate &rate) const {
    const vf push = rate.eta * g;
    *v = rate.numbers[0] * *v - push;
    return w + (rate.numbers[0] * *v - push);
  }
};

// m ← β₁m + (1−β₁)∇C, s ← β₂s + (1−β₂)∇C², w ← w − ηm̂/(√ŝ + ε) (Kingma and Ba 2015): the means
// m̂ = m/(1−β₁ⁿ) and ŝ = s/(1−β₂ⁿ) are taken into the rate and one factor of √s.
struct Adam {
  static constexpr const char *NAME = "adam";
  static constexpr std::array PARAMETERS{"beta1", "beta2", "epsilon"};
  static constexpr int STATES = 2;
  static constexpr bool LINEAR = false;
  static void prepare(Rate &rate, const double *parameters, int64_t n) {
    const double beta1 = parameters[0], beta2 = parameters[1];
    const double count = static_cast<double>(n + 1);
    rate.eta = static_cast<float>(rate.eta / (1 - std::pow(beta1, count)));
    const double numbers[] = {
        beta1,        1 - beta1, beta2, 1 - beta2, 1 / std::sqrt(1 - std::pow(beta2, count)),
        parameters[2]};
    for (int k = 0; k < 6; ++k) rate.numbers[k] = static_cast<float>(numbers[k]);
  }
  ALWAYS_INLINE vf operator()(vf w, vf g, vf *state, const Rate &rate) const {
    const float *r = rate.numbers;
    state[0] = r[0] * state[0] + r[1] * g;
    state[1] = r[2] * state[1] + r[3] * g * g;
    return w - rate.eta * state[0] / (r[4] * root(state[1]) + r[5]);
  }
};

struct AdamW {  // Adam, and w shrinks by ηλw beside it (Loshchilov and Hutter 2019)
  static constexpr const char *NAME = "adamw";
  static constexpr std::array PARAMETERS{"beta1", "beta2", "epsilon", "decay"};
  static constexpr int STATES = Adam::STATES;
  static constexpr bool LINEAR = false;
  static void prepare(Rate &rate, const double *parameters, int64_t n) {
    rate.numbers[6] = static_cast<float>(1 - rate.eta * parameters[3]);
    Adam::prepare(rate, parameters, n);
  }
  ALWAYS_INLINE vf operator()(vf w, vf g, vf *state, const Rate &rate) const {
    return Adam{}(rate.numbers[6] * w, g, state, rate);
  }
};

using Updates = List<Plain, Momentum, Nesterov, Adam, AdamW>;

}  // namespace spusk::SPUSK_ISA
