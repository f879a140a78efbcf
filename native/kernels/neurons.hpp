// What neurons do to a tile of a batch: bias and σ forward, σ′ and b's step backward.
#pragma once
#include "kernels/step.hpp"
#include "ops/activations.hpp"

namespace spusk::SPUSK_ISA {

template <class Sigma>
static void activate_tile(float *a, float *z, int64_t row, int64_t B, int pv, const float *bias) {
  for (int64_t b = 0; b < B; ++b)
    for (int v = 0; v < pv; ++v) {
      float *p = a + b * row + v * LANES;
      const vf sum = load(p) + load(bias + v * LANES);
      if constexpr (Sigma::NEEDS_Z) store(z + b * row + v * LANES, sum);
      store(p, Sigma::value(sum));
    }
}

// a := σ(z + b) for a tile of a batch (B, pv vectors); z + b is kept where σ′ is written by it
static void activate_tile(int activation, float *a, float *z, int64_t row, int64_t B, int pv,
                          const float *bias) {
  Activations::choose(activation,
                      [=](auto sigma) { activate_tile<decltype(sigma)>(a, z, row, B, pv, bias); });
}

struct Activated {  // σ(z) and, where it is kept, z of a tile
  const float *a, *z;
  int64_t row;
};

template <class Sigma>
static void slope_tile(float *d, int64_t drow, Activated from, int64_t B, int pv, float *sums) {
  for (int v = 0; v < pv; ++v) {
    vf sum = vf{};
    for (int64_t b = 0; b < B; ++b) {
      float *p = d + b * drow + v * LANES;
      const int64_t at = b * from.row + v * LANES;
      const vf z = Sigma::NEEDS_Z ? load(from.z + at) : vf{};
      const vf delta = load(p) * Sigma::slope(z, load(from.a + at));
      store(p, delta);
      sum += delta;
    }
    store(sums + v * LANES, sum);
  }
}

// δ := δ ⊙ σ′, and Σδ over the examples
static void slope_tile(int activation, float *d, int64_t drow, Activated from, int64_t B, int pv,
                       float *sums) {
  Activations::choose(activation,
                      [=](auto sigma) { slope_tile<decltype(sigma)>(d, drow, from, B, pv, sums); });
}

// The biases of a panel take their step with Σδ
template <class Rule>
static void step_biases(float *bias, const float *sums, int pv, Update<Rule> update) {
  for (int v = 0; v < pv; ++v) update(bias + v * LANES, load(sums + v * LANES));
}

// σ′ of a panel's errors δ (B, pv vectors), and its biases' step
template <class Rule>
static void finish_errors(const Step &s, int at, int64_t panel, float *d, int64_t drow) {
  const Layer &l = s.p.layers[at];
  float sums[WIDEST * LANES];
  slope_tile(l.activation, d, drow, {s.A(at, panel), s.Z(at, panel), l.row}, s.batch.B, l.pv, sums);
  step_biases(l.bias + panel * l.pw, sums, l.pv, b_update<Rule>(s, l));
}

}  // namespace spusk::SPUSK_ISA
