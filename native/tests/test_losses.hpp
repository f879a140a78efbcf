#pragma once
#include "ops/activations.hpp"
#include "ops/losses.hpp"
#include "tests/check.hpp"

namespace spusk::SPUSK_ISA {

// The error is the derivative of the cost: by a, or, where the slope cancels, by z of a sigmoid; a
// softmax of two is a sigmoid, whose other output is 1 − a
template <class Loss>
static bool loss_holds(Loss) {
  bool good = true;
  for (double y : {0.0, 0.25, 1.0})
    for (double a = 0.05; a < 1; a += 0.1) {
      const double h = 1e-5;
      const auto cost = [=](double x) {
        const bool two = std::is_same_v<Loss, CategoricalCrossEntropy>;
        return Loss::cost(x, y) + (two ? Loss::cost(1 - x, 1 - y) : 0);
      };
      double slope = (cost(a + h) - cost(a - h)) / (2 * h);
      if (SLOPE_CANCELS<Loss>) slope *= a * (1 - a);
      const vf error = Loss::error(all(static_cast<float>(a)), all(static_cast<float>(y)));
      good = good && near(error[0], slope, 1e-5) && Loss::cost(a, y) >= 0;
    }
  good = good && std::isfinite(Loss::cost(1, 1)) && std::isfinite(Loss::cost(0, 0));
  if constexpr (requires { Loss::cost_of_label(0.0, 0.0); }) {
    const double a[] = {0.2, 0.7, 0.4};
    const double whole = Loss::cost(a[0], 0) + Loss::cost(a[1], 1) + Loss::cost(a[2], 0);
    good = good && near(Loss::cost_of_label(0.04 + 0.49 + 0.16, 0.7), whole, 1e-12);
  }
  return expect(good, Loss::NAME);
}

static bool losses_hold() {
  bool good = true;
  for (int i = 0; i < Losses::COUNT; ++i)
    Losses::choose(i, [&](auto loss) { good = loss_holds(loss) && good; });
  return good;
}

}  // namespace spusk::SPUSK_ISA
