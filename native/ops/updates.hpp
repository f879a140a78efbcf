// Update rules: one struct each, and its place in the list at the end.
//
// A rule takes a weight w, its gradient g, its STATES numbers of state and this step's Rate, and
// gives the weight after the step; states change in place. It meets every weight and bias at every
// step. Only where LINEAR it must be w − g: then g carries the rate η already, steps may be taken
// late and in parts, and a zero gradient is skipped (kernels/lazy.hpp, kernels/sparse.hpp).
// Elsewhere g is ∇C itself.
#pragma once
#include "ops/list.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

struct Rate {  // of one step
  float eta;
  const float *parameters;  // of the rule, in the order of its PARAMETERS
};

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
    *v = rate.parameters[0] * *v - rate.eta * g;
    return w + *v;
  }
};

using Updates = List<Plain, Momentum>;

}  // namespace spusk::SPUSK_ISA
