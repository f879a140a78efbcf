// The first layer: most pixels are zero, and a zero adds exactly nothing.
#pragma once
#include "gemm.hpp"
#include "plan.hpp"

namespace spusk::SPUSK_ISA {

INLINE void fetch_ahead(const void *at, long bytes) {
  for (long i = 0; i < bytes; i += 64) __builtin_prefetch(static_cast<const char *>(at) + i);
}

// The rows of a shuffled batch lie anywhere in memory: ask for them a step before they are read.
INLINE void list_ahead(const Plan &p, const int64_t *rows, Run mine) {
  for (long b = mine.from; b < mine.to; ++b) {
    if (p.pixels) fetch_ahead(p.pixels + rows[b] * p.n0, p.n0);
    else fetch_ahead(p.floats + rows[b] * p.n0, p.n0 * 4);
    if (p.labels) __builtin_prefetch(p.labels + rows[b]);
  }
}

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

// Each thread lists some rows, one after the other from the place where they would fit at worst.
static void list_rows(const Plan &p, Lists &lists, const int64_t *rows, Run mine) {
  long count = mine.from * p.n0;
  for (long b = mine.from; b < mine.to; ++b) {
    const long at = rows[b] * p.n0, from = count;
    count += p.pixels ? list_bytes(p.pixels + at, p.n0, lists.by_row + count)
                      : list_floats(p.floats + at, p.n0, lists.by_row + count);
    lists.row[b] = {from, count};
  }
}

// The first entry of a row at or past a column.
INLINE const Entry *first_of(const Lists &lists, long b, long column) {
  const Entry *from = lists.by_row + lists.row[b].from, *to = lists.by_row + lists.row[b].to;
  while (from < to) {
    const Entry *middle = from + (to - from) / 2;
    if (static_cast<long>(middle->at) < column) from = middle + 1;
    else to = middle;
  }
  return from;
}

// Each thread sorts some columns (its own pixels) of all rows.
static void list_columns(Lists &lists, long B, Run mine) {
  Run *column = lists.column;
  for (long i = mine.from; i < mine.to; ++i) column[i].to = 0;
  for (long b = 0; b < B; ++b)
    for (const Entry *e = first_of(lists, b, mine.from), *end = lists.by_row + lists.row[b].to;
         e < end && static_cast<long>(e->at) < mine.to; ++e)
      ++column[e->at].to;
  for (long i = mine.from, count = mine.from * B; i < mine.to; ++i) {
    const long more = column[i].to;
    column[i] = {count, count};
    count += more;
  }
  for (long b = 0; b < B; ++b)
    for (const Entry *e = first_of(lists, b, mine.from), *end = lists.by_row + lists.row[b].to;
         e < end && static_cast<long>(e->at) < mine.to; ++e)
      lists.by_column[column[e->at].to++] = {static_cast<uint32_t>(b), e->value};
}

constexpr long NEAREST = 24 << 10;  // bytes of weights that stay in the nearest cache

// The inputs are taken in stretches whose weights stay in the nearest cache for the whole batch;
// `cursor` (B,) remembers how far each row has come.
static void rewind(const Lists &lists, long B, const Entry **cursor) {
  for (long b = 0; b < B; ++b) cursor[b] = lists.by_row + lists.row[b].from;
}

// out (B, V vectors) = Σ over nonzero inputs of x·W[i]
template <int V>
static void sparse_forward(const Lists &lists, long n, long B, const float *W, long stride,
                           float *out, long row, const Entry **cursor) {
  constexpr int U = V < 3 ? 4 : 2;  // enough sums in flight to hide the latency of one
  // A few rows would lose more to the ends of stretches than they gain.
  const long stretch = B > FEW ? NEAREST / (V * LANES * 4) : n;
  rewind(lists, B, cursor);
  for (long from = 0; from < n; from += stretch) {
    const uint32_t limit = static_cast<uint32_t>(from + stretch);
    float *to = out;
    for (long b = 0; b < B; ++b, to += row) {
      const Entry *e = cursor[b], *end = lists.by_row + lists.row[b].to;
      vf c[U][V];
      for (int u = 0; u < U; ++u)
        for (int v = 0; v < V; ++v) c[u][v] = u || !from ? vf{} : load(to + v * LANES);
      for (; e + U <= end && e[U - 1].at < limit; e += U)
        for (int u = 0; u < U; ++u) {
          const float *w = W + e[u].at * stride;
          const vf x = all(e[u].value);
          for (int v = 0; v < V; ++v) c[u][v] += x * load(w + v * LANES);
        }
      for (; e < end && e->at < limit; ++e)
        for (int v = 0; v < V; ++v)
          c[0][v] += all(e->value) * load(W + e->at * stride + v * LANES);
      cursor[b] = e;
      for (int v = 0; v < V; ++v) {
        for (int u = 1; u < U; ++u) c[0][v] += c[u][v];
        store(to + v * LANES, c[0][v]);
      }
    }
  }
}

// W[i] −= Σ over rows with that input of x·δ
template <int V>
static void sparse_update(const Lists &lists, long n, float *W, long stride, const float *delta,
                          long row) {
  for (long i = 0; i < n; ++i) {
    const Entry *e = lists.by_column + lists.column[i].from;
    const Entry *end = lists.by_column + lists.column[i].to;
    if (e == end) continue;
    float *w = W + i * stride;
    vf c[V];
    for (int v = 0; v < V; ++v) c[v] = vf{};
    for (; e < end; ++e)
      for (int v = 0; v < V; ++v) c[v] += all(e->value) * load(delta + e->at * row + v * LANES);
    for (int v = 0; v < V; ++v) store(w + v * LANES, load(w + v * LANES) - c[v]);
  }
}

// The same row by row: for small batches cheaper than sorting the inputs by column first.
template <int V>
static void sparse_update_rows(const Lists &lists, long B, float *W, long stride,
                               const float *delta, long row) {
  for (long b = 0; b < B; ++b, delta += row) {
    const Entry *e = lists.by_row + lists.row[b].from, *end = lists.by_row + lists.row[b].to;
    vf d[V];
    for (int v = 0; v < V; ++v) d[v] = load(delta + v * LANES);
    for (; e < end; ++e) {
      float *w = W + e->at * stride;
      const vf x = all(e->value);
      for (int v = 0; v < V; ++v) store(w + v * LANES, load(w + v * LANES) - x * d[v]);
    }
  }
}

static void sparse_forward(int pv, const Lists &lists, long n, long B, const float *W,
                           long stride, float *out, long row, const Entry **cursor) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    sparse_forward<decltype(v)::value>(lists, n, B, W, stride, out, row, cursor);
  });
}

static void sparse_update(int pv, bool by_row, const Lists &lists, long n, long B, float *W,
                          long stride, const float *delta, long row) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    constexpr int V = decltype(v)::value;
    if (by_row) sparse_update_rows<V>(lists, B, W, stride, delta, row);
    else sparse_update<V>(lists, n, W, stride, delta, row);
  });
}

}  // namespace spusk::SPUSK_ISA
