// Losses: one struct each, and its place in the list at the end.
//
// cost(a, y) is one output's part of C_(x,y); error(a, y) is ∂C/∂a of it, or, where SLOPE_CANCELS,
// δ = ∂C/∂z itself. cost_of_label, where there is one, is the whole cost of an example whose y is 1
// at its label and 0 elsewhere, from Σa² and the label's a. A COUPLED loss needs all outputs of an
// example before it knows the error of one; no kernel serves such a loss.
#pragma once
#include <cmath>
#include "ops/list.hpp"

namespace spusk::SPUSK_ISA {

struct Squared {
  static constexpr const char *NAME = "squared";
  static constexpr bool COUPLED = false;
  static constexpr bool SLOPE_CANCELS = false;
  INLINE vf error(vf a, vf y) { return a - y; }
  INLINE double cost(double a, double y) { return 0.5 * (a - y) * (a - y); }
  // Σ(a − y)² = Σa² − 2a_label + 1, exact enough in double
  INLINE double cost_of_label(double squares, double chosen) {
    return 0.5 * (squares - 2.0 * chosen + 1);
  }
};

struct CrossEntropy {  // over sigmoid outputs
  static constexpr const char *NAME = "cross-entropy";
  static constexpr bool COUPLED = false;
  static constexpr bool SLOPE_CANCELS = true;
  INLINE vf error(vf a, vf y) { return a - y; }
  static double cost(double a, double y) {  // 0·ln 0 = 0
    return -((y ? y * std::log(a) : 0) + (y != 1 ? (1 - y) * std::log1p(-a) : 0));
  }
};

using Losses = List<Squared, CrossEntropy>;

}  // namespace spusk::SPUSK_ISA
