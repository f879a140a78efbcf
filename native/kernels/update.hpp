// A weight takes its step: the rule of ops/updates.hpp, with the states where they lie.
#pragma once
#include "ops/updates.hpp"

namespace spusk::SPUSK_ISA {

struct States {  // of an array of weights
  const Rate *rate;
  std::ptrdiff_t first;  // floats from a weight to its first state
  std::ptrdiff_t apart;  // from one state to the next
};
struct Stateless {};

// Where `first` is of the states of weights at `weights`, each state of `count` floats
static States states_of(const float *weights, const float *first, int64_t count, const Rate *rate) {
  const auto bytes = reinterpret_cast<intptr_t>(first) - reinterpret_cast<intptr_t>(weights);
  return {rate, bytes / static_cast<intptr_t>(sizeof(float)), count};
}

template <class Rule>
struct Update : std::conditional_t<Rule::LINEAR, Stateless, States> {
  static_assert(!Rule::LINEAR || Rule::STATES == 0);
  static constexpr bool ADDS = false, OF_WEIGHTS = true;  // see kernels/gemm.hpp

  // The weights w of `at` after the step with gradient g; of the last vector `count` are there
  template <bool WHOLE>
  ALWAYS_INLINE vf after(float *at, vf w, vf g, int64_t count) const {
    if constexpr (Rule::LINEAR) {
      return Rule{}(w, g, nullptr, Rate{});
    } else {
      vf states[Rule::STATES + 1];
      float *const from = at + this->first;
      for (int64_t k = 0; k < Rule::STATES; ++k)
        states[k] = WHOLE ? load(from + k * this->apart) : load_some(from + k * this->apart, count);
      w = Rule{}(w, g, states, *this->rate);
      for (int64_t k = 0; k < Rule::STATES; ++k)
        if (WHOLE) store(from + k * this->apart, states[k]);
        else store_some(from + k * this->apart, states[k], count);
      return w;
    }
  }

  ALWAYS_INLINE void operator()(float *at, vf g) const {
    store(at, after<true>(at, load(at), g, LANES));
  }
  ALWAYS_INLINE void operator()(float *at, vf g, int64_t count) const {
    store_some(at, after<false>(at, load_some(at, count), g, count), count);
  }
};

}  // namespace spusk::SPUSK_ISA
