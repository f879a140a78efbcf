// One vector of floats, as wide as the instruction set this file is compiled for.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#else
#include <arm_neon.h>
#endif

#define ALWAYS_INLINE inline __attribute__((always_inline))
#define INLINE static ALWAYS_INLINE

namespace spusk::SPUSK_ISA {

#if defined(__AVX512F__)
constexpr int LANES = 16, PV = 4, ROWS = 6;  // 24 sums, 4 + 1 operands: 29 of 32 registers
#elif defined(__AVX__)
constexpr int LANES = 8, PV = 3, ROWS = 4;  // 12 sums, 3 + 1 operands: 16 of 16
#elif defined(__aarch64__)
constexpr int LANES = 4, PV = 4, ROWS = 6;
#else
constexpr int LANES = 4, PV = 3, ROWS = 4;
#endif

typedef float vf __attribute__((vector_size(LANES * 4)));
typedef int32_t vi __attribute__((vector_size(LANES * 4)));
typedef float vfu __attribute__((vector_size(LANES * 4), aligned(4), may_alias));

INLINE vf load(const float *p) { return *reinterpret_cast<const vfu *>(p); }
INLINE void store(float *p, vf x) { *reinterpret_cast<vfu *>(p) = x; }
INLINE vf all(float x) { return x - vf{}; }
#if defined(__AVX512F__)
INLINE vf root(vf x) { return vf(_mm512_maskz_sqrt_ps(0xFFFF, __m512(x))); }
#elif defined(__AVX__)
INLINE vf root(vf x) { return vf(_mm256_sqrt_ps(__m256(x))); }
#elif defined(__x86_64__)
INLINE vf root(vf x) { return vf(_mm_sqrt_ps(__m128(x))); }
#else
INLINE vf root(vf x) { return vf(vsqrtq_f32(float32x4_t(x))); }
#endif

// The first `count` floats, zeros after them; what lies behind is neither read nor written.
#if defined(__AVX512F__)
INLINE vf load_some(const float *p, int64_t count) {
  return vf(_mm512_maskz_loadu_ps(static_cast<__mmask16>((1u << count) - 1), p));
}
INLINE void store_some(float *p, vf x, int64_t count) {
  _mm512_mask_storeu_ps(p, static_cast<__mmask16>((1u << count) - 1), __m512(x));
}
#else
INLINE vf load_some(const float *p, int64_t count) {
  vf x{};
  for (int64_t j = 0; j < count; ++j) x[j] = p[j];
  return x;
}
INLINE void store_some(float *p, vf x, int64_t count) {
  for (int64_t j = 0; j < count; ++j) p[j] = x[j];
}
#endif

#if defined(__AVX512F__)
INLINE vf low(vf a, vf b) {
  return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
INLINE vf high(vf a, vf b) {
  return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15,
                                 31);
}
#elif defined(__AVX__)
INLINE vf low(vf a, vf b) { return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11); }
INLINE vf high(vf a, vf b) { return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15); }
#else
INLINE vf low(vf a, vf b) { return __builtin_shufflevector(a, b, 0, 4, 1, 5); }
INLINE vf high(vf a, vf b) { return __builtin_shufflevector(a, b, 2, 6, 3, 7); }
#endif

INLINE void transpose(vf (&r)[LANES]) {  // log2(LANES) perfect shuffles
  for (int stage = 1; stage < LANES; stage *= 2) {
    vf s[LANES];
    for (int i = 0; i < LANES / 2; ++i) {
      s[2 * i] = low(r[i], r[i + LANES / 2]);
      s[2 * i + 1] = high(r[i], r[i + LANES / 2]);
    }
    for (int i = 0; i < LANES; ++i) r[i] = s[i];
  }
}

template <int N>
struct Count {
  static constexpr int value = N;
};

// Calls `what` with a number of vectors as a constant, by which the compiler can unroll.
template <int MOST, class What>
INLINE void by_vectors(int count, What what) {
  if constexpr (MOST > 1)
    if (count < MOST) return by_vectors<MOST - 1>(count, what);
  what(Count<MOST>{});
}

// Vectors in the widest panel: that of a first layer with one thread
constexpr int WIDEST = 2 * PV;

INLINE int64_t least(int64_t a, int64_t b) { return a < b ? a : b; }

}  // namespace spusk::SPUSK_ISA
