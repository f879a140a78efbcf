#pragma once
#include <limits>
#include "kernels/softmax.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// a and δ of one example in double; z is large enough to overflow a plain exponential
template <class Loss>
static bool softmax_of(int64_t m, Loss) {
  Noise noise;
  const int64_t width = (m + LANES - 1) / LANES * LANES;
  Array<float> a(width), d(width, 1.0f), y(m);
  std::vector<double> right(m), g(m);
  double sum = 0, shared = 0, targets = 0;
  for (int64_t j = 0; j < m; ++j) a[j] = 200 + 10 * noise(), y[j] = 0.5f + 0.4f * noise();
  for (int64_t j = 0; j < m; ++j) sum += right[j] = std::exp(double(a[j]) - 200);
  for (int64_t j = 0; j < m; ++j) {
    right[j] /= sum, targets += y[j];
    shared += right[j] * (right[j] - y[j]);
  }
  Plan p{};
  p.classes = m, p.targets = y.data();
  softmax(a.data(), m);
  softmax_errors<Loss>(p, 0, a.data(), d.data(), 0.25f);
  bool good = true;
  for (int64_t j = 0; j < m; ++j) {
    const double wanted =
        SLOPE_CANCELS<Loss> ? right[j] * targets - y[j] : right[j] * (right[j] - y[j] - shared);
    good = good && near(a[j], right[j], 1e-6) && near(d[j], 0.25 * wanted, 1e-6);
  }
  for (int64_t j = m; j < width; ++j) good = good && d[j] == 0;
  return expect(good, Loss::NAME);
}

static bool softmax_holds() {
  bool good = true;
  for (int64_t m : {1, 2, 7, 16, 33})
    good = softmax_of(m, Squared{}) && softmax_of(m, CategoricalCrossEntropy{}) && good;
  Array<float> lost(LANES), far(LANES);
  lost[0] = std::numeric_limits<float>::quiet_NaN();
  far[1] = 1e30f;
  softmax(lost.data(), 2), softmax(far.data(), 2);
  return expect(std::isnan(lost[0]) && std::isnan(lost[1]), "NaN stays") &&
         expect(far[1] == 1 && far[0] < 1e-30f, "one far above the others") && good;
}

}  // namespace spusk::SPUSK_ISA
