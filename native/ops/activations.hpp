// Activations: one struct each, and its place in the list at the end.
//
// value(z) is σ(z); slope(z, a) is σ′(z), given both z and a = σ(z). Where NEEDS_Z is false, a
// alone is kept from the way forward, and the z that comes is not to be used. Python looks them up
// by NAME; the order says nothing. COUPLED, of the last layer only: value(z) is z still, for a
// waits for all z of its example (kernels/softmax.hpp), and slope is ∂aᵢ/∂zᵢ alone.
#pragma once
#include "ops/list.hpp"

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

struct Sigmoid {
  static constexpr const char *NAME = "sigmoid";
  static constexpr bool NEEDS_Z = false;
  INLINE vf value(vf z) { return 1.0f / (1.0f + exponential(-z)); }
  INLINE vf slope(vf, vf a) { return a * (1.0f - a); }
};

struct Tanh {
  static constexpr const char *NAME = "tanh";
  static constexpr bool NEEDS_Z = false;
  INLINE vf value(vf z) { return 2.0f / (1.0f + exponential(z * -2.0f)) - 1.0f; }
  INLINE vf slope(vf, vf a) { return 1.0f - a * a; }
};

struct Relu {
  static constexpr const char *NAME = "relu";
  static constexpr bool NEEDS_Z = false;
  INLINE vf value(vf z) { return z < all(0) ? all(0) : z; }
  INLINE vf slope(vf, vf a) { return a > all(0) ? all(1) : all(0); }
};

struct LeakyRelu {  // Maas, Hannun and Ng 2013
  static constexpr const char *NAME = "leaky-relu";
  static constexpr bool NEEDS_Z = false;
  INLINE vf value(vf z) { return z < all(0) ? 0.01f * z : z; }
  INLINE vf slope(vf, vf a) { return a > all(0) ? all(1) : all(0.01f); }
};

struct Identity {
  static constexpr const char *NAME = "identity";
  static constexpr bool NEEDS_Z = false;
  INLINE vf value(vf z) { return z; }
  INLINE vf slope(vf, vf) { return all(1); }
};

struct Softmax {  // aᵢ = e^zᵢ / Σⱼ e^zⱼ
  static constexpr const char *NAME = "softmax";
  static constexpr bool NEEDS_Z = false, COUPLED = true;
  INLINE vf value(vf z) { return z; }
  INLINE vf slope(vf, vf a) { return a * (1.0f - a); }
};

template <class Sigma>
constexpr bool COUPLED = requires {
  Sigma::COUPLED;
};

using Activations = List<Sigmoid, Tanh, Relu, LeakyRelu, Identity, Softmax>;

}  // namespace spusk::SPUSK_ISA
