// The first layer: most pixels are zero, and a zero adds exactly nothing.
#pragma once
#include "gemm.hpp"
#include "plan.hpp"

namespace spusk::SPUSK_ISA {

static long list_bytes(const uint8_t *x, long n, Entry *to) {
  long count = 0, i = 0;
#if defined(__AVX512F__)
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  for (; i + 16 <= n; i += 16) {
    const __m512i v =
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(x + i)));
    const __mmask16 some = _mm512_test_epi32_mask(v, v);
    if (!some) continue;
    const __m512i at = _mm512_maskz_compress_epi32(
        some, _mm512_add_epi32(lane, _mm512_set1_epi32(static_cast<int>(i))));
    const __m512i value = _mm512_castps_si512(_mm512_mul_ps(
        _mm512_cvtepi32_ps(_mm512_maskz_compress_epi32(some, v)), _mm512_set1_ps(1.0f / 255)));
    const __m512i even = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const __m512i odd = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30,
                                          15, 31);
    _mm512_storeu_si512(to + count, _mm512_permutex2var_epi32(at, even, value));
    _mm512_storeu_si512(to + count + 8, _mm512_permutex2var_epi32(at, odd, value));
    count += __builtin_popcount(some);
  }
#else
  for (; i + 8 <= n; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, x + i, 8);
    if (!eight) continue;
    for (long k = i; k < i + 8; ++k) {
      to[count] = {static_cast<uint32_t>(k), x[k] * (1.0f / 255)};
      count += x[k] != 0;
    }
  }
#endif
  for (; i < n; ++i) {
    to[count] = {static_cast<uint32_t>(i), x[i] * (1.0f / 255)};
    count += x[i] != 0;
  }
  return count;
}

static long list_floats(const float *x, long n, Entry *to) {
  long count = 0;
  for (long i = 0; i < n; ++i) {
    to[count] = {static_cast<uint32_t>(i), x[i]};
    count += !(x[i] == 0);
  }
  return count;
}

static void list_rows(const Plan &p, Lists &lists, const int64_t *rows, long B) {
  long count = 0;
  for (long b = 0; b < B; ++b) {
    lists.row_from[b] = count;
    const long at = rows[b] * p.n0;
    count += p.pixels ? list_bytes(p.pixels + at, p.n0, lists.by_row + count)
                      : list_floats(p.floats + at, p.n0, lists.by_row + count);
  }
  lists.row_from[B] = count;
}

static void list_columns(long n, Lists &lists, long B) {
  long *from = lists.column_from;
  const Entry *entry = lists.by_row;
  std::memset(from, 0, (n + 2) * sizeof(long));
  from += 2;  // counted two places on, so that after filling the starts stand in their place
  for (long e = 0; e < lists.row_from[B]; ++e) ++from[entry[e].at];
  for (long i = 0; i < n; ++i) from[i] += from[i - 1];
  --from;
  for (long b = 0; b < B; ++b)
    for (long e = lists.row_from[b]; e < lists.row_from[b + 1]; ++e)
      lists.by_column[from[entry[e].at]++] = {static_cast<uint32_t>(b), entry[e].value};
}

// out (B, V vectors) = Σ over nonzero inputs of x·W[i]
template <int V>
static void sparse_forward(const Lists &lists, long B, const float *W, long stride, float *out,
                           long row) {
  constexpr int U = V < 3 ? 4 : 2;  // enough sums in flight to hide the latency of one
  for (long b = 0; b < B; ++b, out += row) {
    const Entry *e = lists.by_row + lists.row_from[b], *end = lists.by_row + lists.row_from[b + 1];
    vf c[U][V];
    for (int u = 0; u < U; ++u)
      for (int v = 0; v < V; ++v) c[u][v] = vf{};
    for (; e + U <= end; e += U)
      for (int u = 0; u < U; ++u) {
        const float *w = W + e[u].at * stride;
        const vf x = all(e[u].value);
        for (int v = 0; v < V; ++v) c[u][v] += x * load(w + v * LANES);
      }
    for (; e < end; ++e)
      for (int v = 0; v < V; ++v) c[0][v] += all(e->value) * load(W + e->at * stride + v * LANES);
    for (int v = 0; v < V; ++v) {
      for (int u = 1; u < U; ++u) c[0][v] += c[u][v];
      store(out + v * LANES, c[0][v]);
    }
  }
}

// W[i] −= Σ over rows with that input of x·δ
template <int V>
static void sparse_update(const Lists &lists, long n, float *W, long stride, const float *delta,
                          long row) {
  for (long i = 0; i < n; ++i) {
    const Entry *e = lists.by_column + lists.column_from[i];
    const Entry *end = lists.by_column + lists.column_from[i + 1];
    if (e == end) continue;
    float *w = W + i * stride;
    vf c[V];
    for (int v = 0; v < V; ++v) c[v] = load(w + v * LANES);
    for (; e < end; ++e)
      for (int v = 0; v < V; ++v) c[v] -= all(e->value) * load(delta + e->at * row + v * LANES);
    for (int v = 0; v < V; ++v) store(w + v * LANES, c[v]);
  }
}

static void sparse_forward(int pv, const Lists &lists, long B, const float *W, long stride,
                           float *out, long row) {
  switch (pv) {
    case 1: return sparse_forward<1>(lists, B, W, stride, out, row);
    case 2: return sparse_forward<2>(lists, B, W, stride, out, row);
    case 3: return sparse_forward<3>(lists, B, W, stride, out, row);
    default: return sparse_forward<4>(lists, B, W, stride, out, row);
  }
}

static void sparse_update(int pv, const Lists &lists, long n, float *W, long stride,
                          const float *delta, long row) {
  switch (pv) {
    case 1: return sparse_update<1>(lists, n, W, stride, delta, row);
    case 2: return sparse_update<2>(lists, n, W, stride, delta, row);
    case 3: return sparse_update<3>(lists, n, W, stride, delta, row);
    default: return sparse_update<4>(lists, n, W, stride, delta, row);
  }
}

}  // namespace spusk::SPUSK_ISA
