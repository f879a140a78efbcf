// What happens to a weighted input on its way to memory: bias, activation, slope.
#pragma once
#include "kernels/simd.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

// e^x to about 1e-7 of itself. Comparisons are written so that NaN passes through.
INLINE vf exponential(vf x) {
  x = x > all(87.0f) ? all(87.0f) : x;
  x = x < all(-87.0f) ? all(-87.0f) : x;
  const vf magic = all(12582912.0f);  // 1.5·2²³: adding it rounds to a whole number
  vf k = x * 1.44269504f + magic;
  const vi exponent = (reinterpret_cast<vi>(k) - 0x4B400000 + 127) << 23;  // 2ᵏ
  k -= magic;
  vf r = x - k * 0.693145752f;
  r = r - k * 1.42860677e-6f;
  // a term less leaves 1.2e-7, always of one sign, and thousands of steps would add that up
  vf p = all(1.0f / 5040) * r + 1.0f / 720;
  p = p * r + 1.0f / 120;
  p = p * r + 1.0f / 24;
  p = p * r + 1.0f / 6;
  p = p * r + 0.5f;
  p = p * r + 1.0f;
  p = p * r + 1.0f;
  return p * reinterpret_cast<vf>(exponent);
}

INLINE vf activate(vf z, Activation act) {
  switch (act) {
    case SIGMOID: return 1.0f / (1.0f + exponential(-z));
    case TANH: return 2.0f / (1.0f + exponential(z * -2.0f)) - 1.0f;
    case RELU: return z < all(0) ? all(0) : z;
    default: return z;
  }
}

INLINE vf slope(vf a, Activation act) {  // σ′(z) written by a = σ(z)
  switch (act) {
    case SIGMOID: return a * (1.0f - a);
    case TANH: return 1.0f - a * a;
    case RELU: return a > all(0) ? all(1) : all(0);
    default: return all(1);
  }
}

template <Activation ACT>
static void activate_tile(float *a, int64_t row, int64_t B, int pv, const float *bias) {
  for (int64_t b = 0; b < B; ++b, a += row)
    for (int v = 0; v < pv; ++v) {
      float *p = a + v * LANES;
      store(p, activate(load(p) + load(bias + v * LANES), ACT));
    }
}

// a := σ(z + b) for a tile of a batch (B, pv vectors)
static inline void activate_tile(Activation act, float *a, int64_t row, int64_t B, int pv,
                                 const float *bias) {
  switch (act) {
    case SIGMOID: return activate_tile<SIGMOID>(a, row, B, pv, bias);
    case TANH: return activate_tile<TANH>(a, row, B, pv, bias);
    case RELU: return activate_tile<RELU>(a, row, B, pv, bias);
    default: return activate_tile<IDENTITY>(a, row, B, pv, bias);
  }
}

template <Activation ACT>
static void slope_tile(float *d, int64_t drow, const float *a, int64_t arow, int64_t B, int pv,
                       float *bias) {
  for (int v = 0; v < pv; ++v) {
    vf sum = vf{};
    for (int64_t b = 0; b < B; ++b) {
      float *p = d + b * drow + v * LANES;
      const vf delta = load(p) * slope(load(a + b * arow + v * LANES), ACT);
      store(p, delta);
      sum += delta;
    }
    store(bias + v * LANES, load(bias + v * LANES) - sum);
  }
}

// δ := δ ⊙ σ′, and the biases take their step b := b − Σδ (δ already carries η/B)
static inline void slope_tile(Activation act, float *d, int64_t drow, const float *a, int64_t arow,
                              int64_t B, int pv, float *bias) {
  switch (act) {
    case SIGMOID: return slope_tile<SIGMOID>(d, drow, a, arow, B, pv, bias);
    case TANH: return slope_tile<TANH>(d, drow, a, arow, B, pv, bias);
    case RELU: return slope_tile<RELU>(d, drow, a, arow, B, pv, bias);
    default: return slope_tile<IDENTITY>(d, drow, a, arow, B, pv, bias);
  }
}

}  // namespace spusk::SPUSK_ISA
