// Losses: one struct each, and its place in the list at the end.
//
// cost(a, y) is one output's part of C_(x,y); error(a, y) is ∂C/∂a of it, or, for a loss that
// CancelsSlope of an activation and goes with that one alone, δ = ∂C/∂z itself. cost_of_label,
// where there is one, is the whole cost of an example whose y is 1 at its label and 0 elsewhere,
// from Σa² and the label's a.
#pragma once
#include <cfloat>
#include <cmath>
#include <type_traits>
#include "ops/activations.hpp"

namespace spusk::SPUSK_ISA {

struct Squared {
  static constexpr const char *NAME = "squared";
  INLINE vf error(vf a, vf y) { return a - y; }
  INLINE double cost(double a, double y) { return 0.5 * (a - y) * (a - y); }
  // Σ(a − y)² = Σa² − 2a_label + 1, exact enough in double
  INLINE double cost_of_label(double squares, double chosen) {
    return 0.5 * (squares - 2.0 * chosen + 1);
  }
};

struct CrossEntropy {
  static constexpr const char *NAME = "cross-entropy";
  using CancelsSlope = Sigmoid;
  INLINE vf error(vf a, vf y) { return a - y; }
  static double cost(double a, double y) {  // 0·ln 0 = 0
    return -((y ? y * std::log(a) : 0) + (y != 1 ? (1 - y) * std::log1p(-a) : 0));
  }
};

struct CategoricalCrossEntropy {
  static constexpr const char *NAME = "categorical-cross-entropy";
  using CancelsSlope = Softmax;
  INLINE vf error(vf a, vf y) { return a - y; }
  // an output that is 0 after rounding is not impossible: it counts as the smallest usual number
  static double cost(double a, double y) {
    return y ? -y * std::log(a < FLT_MIN ? FLT_MIN : a) : 0;
  }
  static double cost_of_label(double, double chosen) { return cost(chosen, 1); }
};

template <class Loss>
constexpr bool SLOPE_CANCELS = requires {
  typename Loss::CancelsSlope;
};

// Whether a loss goes with an output of this activation
template <class Loss, class Sigma>
constexpr bool serves() {
  if constexpr (SLOPE_CANCELS<Loss>) return std::is_same_v<typename Loss::CancelsSlope, Sigma>;
  else return true;
}

using Losses = List<Squared, CrossEntropy, CategoricalCrossEntropy>;

}  // namespace spusk::SPUSK_ISA
