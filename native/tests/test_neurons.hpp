#pragma once
#include "kernels/neurons.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

struct Softplus {  // ln(1 + eᶻ) near 0, to second order: its slope is written by z
  static constexpr bool NEEDS_Z = true;
  INLINE vf value(vf z) { return 0.693147f + 0.5f * z + 0.125f * z * z; }
  INLINE vf slope(vf z, vf) { return 0.5f + 0.25f * z; }
};

template <class Sigma>
static bool tile_holds(Sigma) {
  Noise noise;
  const int pv = 3;
  const int64_t B = 5, row = pv * LANES + 4, width = pv * LANES;
  const Array<float> z = noise.many(B * row), bias = noise.many(width);
  const Array<float> above = noise.many(B * width);
  Array<float> a = z, kept(B * row), d = above, sums(width), b = bias;
  activate_tile<Sigma>(a.data(), kept.data(), row, B, pv, bias.data());
  slope_tile<Sigma>(d.data(), width, {a.data(), kept.data(), row}, B, pv, sums.data());
  step_biases(b.data(), sums.data(), pv, Update<Plain>{});
  bool good = true;
  for (int64_t j = 0; j < width; ++j) {
    double sum = 0;
    for (int64_t k = 0; k < B; ++k) {
      const vf sum_z = all(z[k * row + j] + bias[j]), value = Sigma::value(sum_z);
      good = good && a[k * row + j] == value[0];
      const double wanted = double(above[k * width + j]) * Sigma::slope(sum_z, value)[0];
      good = good && near(d[k * width + j], wanted, 1e-6);
      sum += wanted;
    }
    good = good && near(b[j], bias[j] - sum, 1e-6);
  }
  return expect(good, "a tile of neurons");
}

static bool neurons_hold() {
  bool good = tile_holds(Softplus{});
  for (int i = 0; i < Activations::COUNT; ++i)
    Activations::choose(i, [&](auto sigma) { good = tile_holds(sigma) && good; });
  return good;
}

}  // namespace spusk::SPUSK_ISA
