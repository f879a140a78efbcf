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

#if defined(__AVX512F__)
// The nonzero ones of 64 pixels, the first of which is pixel `first`; up to SPILL entries past the
// last are overwritten.
INLINE long list_64(const uint8_t *x, long first, Entry *to) {
  const __m512i even = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(8));
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i bytes = _mm512_loadu_si512(x);
  uint64_t some = _mm512_test_epi8_mask(bytes, bytes);
  if (!some) return 0;
  long count = 0;
  for (long k = 0; k < 64; k += 16, some >>= 16) {
    const __mmask16 here = static_cast<__mmask16>(some);
    const __m512i place = _mm512_add_epi32(lane, _mm512_set1_epi32(static_cast<int>(first + k)));
    const __m512i value =
        _mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i *>(x + k)));
    const __m512i both = _mm512_maskz_compress_epi32(  // place and value in one word: one squeeze
        here, _mm512_or_si512(_mm512_slli_epi32(place, 8), value));
    const __m512i at = _mm512_srli_epi32(both, 8);
    const __m512i scaled = _mm512_castps_si512(
        _mm512_mul_ps(_mm512_cvtepi32_ps(_mm512_and_si512(both, _mm512_set1_epi32(255))),
                      _mm512_set1_ps(1.0f / 255)));
    _mm512_storeu_si512(to + count, _mm512_permutex2var_epi32(at, even, scaled));
    _mm512_storeu_si512(to + count + 8, _mm512_permutex2var_epi32(at, odd, scaled));
    count += __builtin_popcount(here);
  }
  return count;
}

static long list_bytes(const uint8_t *x, long n, Entry *to) {
  long count = 0, i = 0;
  for (; i + 64 <= n; i += 64) count += list_64(x + i, i, to + count);
  if (i == n) return count;
  uint8_t rest[64] = {};
  std::memcpy(rest, x + i, n - i);
  return count + list_64(rest, i, to + count);
}
#else
static long list_bytes(const uint8_t *x, long n, Entry *to) {
  long count = 0, i = 0;
  for (; i + 8 <= n; i += 8) {
    uint64_t eight;
    std::memcpy(&eight, x + i, 8);
    if (!eight) continue;
    for (long k = i; k < i + 8; ++k) {
      to[count] = {static_cast<uint32_t>(k), x[k] * (1.0f / 255)};
      count += x[k] != 0;
    }
  }
  for (; i < n; ++i) {
    to[count] = {static_cast<uint32_t>(i), x[i] * (1.0f / 255)};
    count += x[i] != 0;
  }
  return count;
}
#endif

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
  long count = mine.from * (p.n0 + SPILL);
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

constexpr long NEAREST = 24 << 10, NEARBY = 64 << 10;  // bytes of weights in the first cache, about

struct Part {           // a batch whose inputs are taken stretch by stretch of columns
  const Lists *lists;
  long B;
  const Entry **cursor;  // (B,) how far each row has come
  float *at;             // what belongs to them: sums z, or errors δ; row b at b·row
  long row;

  Part(const Lists *lists, long B, const Entry **cursor, float *at, long row)
      : lists(lists), B(B), cursor(cursor), at(at), row(row) {
    for (long b = 0; b < B; ++b) cursor[b] = lists->by_row + lists->row[b].from;
  }
};

// Columns whose weights stay near for the whole batch. Few precedents lose more to the ends of
// stretches than to the way from the second cache, the more so where a column is short.
template <int V, bool FEW_ROWS>
constexpr long STRETCH = (!FEW_ROWS ? NEAREST : V > 4 ? NEARBY : 2 * NEARBY) / (V * LANES * 4);

// out (B, V vectors) += Σ over nonzero inputs of x·W[i], as far as the stretch goes
template <int V>
INLINE void sparse_stretch(const Part &in, bool first, uint32_t limit, const float *W,
                           long stride) {
  constexpr int U = V < 3 ? 4 : 2;  // enough sums in flight to hide the latency of one
  float *to = in.at;
  for (long b = 0; b < in.B; ++b, to += in.row) {
    const Entry *e = in.cursor[b], *end = in.lists->by_row + in.lists->row[b].to;
    vf c[U][V];
    for (int u = 0; u < U; ++u)
      for (int v = 0; v < V; ++v) c[u][v] = u || first ? vf{} : load(to + v * LANES);
    for (; e + U <= end && e[U - 1].at < limit; e += U)
      for (int u = 0; u < U; ++u) {
        const float *w = W + e[u].at * stride;
        const vf x = all(e[u].value);
        for (int v = 0; v < V; ++v) c[u][v] += x * load(w + v * LANES);
      }
    for (; e < end && e->at < limit; ++e)
      for (int v = 0; v < V; ++v)
        c[0][v] += all(e->value) * load(W + e->at * stride + v * LANES);
    in.cursor[b] = e;
    for (int v = 0; v < V; ++v) {
      for (int u = 1; u < U; ++u) c[0][v] += c[u][v];
      store(to + v * LANES, c[0][v]);
    }
  }
}

// out (B, V vectors) = Σ over nonzero inputs of x·W[i]
template <int V>
static void sparse_forward(const Part &in, long n, const float *W, long stride) {
  constexpr long stretch = STRETCH<V, false>;
  for (long from = 0; from < n; from += stretch)
    sparse_stretch<V>(in, !from, static_cast<uint32_t>(from + stretch), W, stride);
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

// W −= x·δ row by row, as far as the stretch goes
template <int V>
INLINE void sparse_step_rows(const Part &due, uint32_t limit, float *W, long stride) {
  for (long b = 0; b < due.B; ++b) {
    const Entry *e = due.cursor[b], *end = due.lists->by_row + due.lists->row[b].to;
    vf d[V];
    for (int v = 0; v < V; ++v) d[v] = load(due.at + b * due.row + v * LANES);
    for (; e < end && e->at < limit; ++e) {
      float *w = W + e->at * stride;
      const vf x = all(e->value);
      for (int v = 0; v < V; ++v) store(w + v * LANES, load(w + v * LANES) - x * d[v]);
    }
    due.cursor[b] = e;
  }
}

static void sparse_forward(int pv, const Part &in, long n, const float *W, long stride) {
  by_vectors<WIDEST>(pv, [&](auto v) { sparse_forward<decltype(v)::value>(in, n, W, stride); });
}

static void sparse_update(int pv, const Lists &lists, long n, float *W, long stride,
                          const float *delta, long row) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    sparse_update<decltype(v)::value>(lists, n, W, stride, delta, row);
  });
}

// Few precedents, too few to sort by column: W takes the step that is due, of the batch before, and
// serves the next batch in the same visit, stretch by stretch. Either may have no rows.
static void sparse_visit(int pv, const Part &due, const Part &next, long n, float *W,
                         long stride) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    constexpr int V = decltype(v)::value;
    constexpr long stretch = STRETCH<V, true>;
    for (long from = 0; from < n; from += stretch) {
      const uint32_t limit = static_cast<uint32_t>(from + stretch);
      sparse_step_rows<V>(due, limit, W, stride);
      sparse_stretch<V>(next, !from, limit, W, stride);
    }
  });
}

}  // namespace spusk::SPUSK_ISA
