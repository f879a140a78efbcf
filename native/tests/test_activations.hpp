#pragma once
#include <cstring>
#include <limits>

#include "ops/activations.hpp"
#include "tests/check.hpp"

namespace spusk::SPUSK_ISA {

static double right_value(const char *name, double z, double otherwise) {
  if (!std::strcmp(name, "sigmoid")) return 1 / (1 + std::exp(-z));
  if (!std::strcmp(name, "tanh")) return std::tanh(z);
  if (!std::strcmp(name, "relu")) return z < 0 ? 0 : z;
  if (!std::strcmp(name, "leaky-relu")) return z < 0 ? 0.01 * z : z;
  return !std::strcmp(name, "identity") ? z : otherwise;
}

// σ against the C library where it is known by name, σ′ against differences of σ itself
template <class Sigma>
static bool activation_holds(Sigma) {
  bool good = true;
  for (float z = -20; z <= 20; z += 0.37f) {
    const vf a = Sigma::value(all(z));
    good = good && near(a[0], right_value(Sigma::NAME, z, a[0]), 3e-7) && a[0] == a[LANES - 1];
    const float h = 1e-2f;
    const double rise = double(Sigma::value(all(z + h))[0]) - Sigma::value(all(z - h))[0];
    good = good && near(Sigma::slope(all(z), a)[0], rise / (double(z + h) - (z - h)), 1e-3);
  }
  const float lost = std::numeric_limits<float>::quiet_NaN();
  const float end = std::numeric_limits<float>::infinity();
  good = good && std::isnan(Sigma::value(all(lost))[0]);
  const double low = Sigma::value(all(-1000))[0];
  good = good && near(low, right_value(Sigma::NAME, -1000, low), 1e-7);
  return expect(good && !std::isnan(Sigma::value(all(end))[0]), Sigma::NAME);
}

static bool activations_hold() {
  bool good = true;
  for (int i = 0; i < Activations::COUNT; ++i)
    Activations::choose(i, [&](auto sigma) {
      if constexpr (!COUPLED<decltype(sigma)>) good = activation_holds(sigma) && good;
    });
  return good;
}

}  // namespace spusk::SPUSK_ISA
