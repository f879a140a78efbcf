// Nonzero inputs of a batch, listed by rows and by columns: most pixels are zero.
#pragma once
#include "kernels/simd.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

INLINE void fetch_ahead(const void *at, int64_t bytes) {
  for (int64_t i = 0; i < bytes; i += 64) __builtin_prefetch(static_cast<const char *>(at) + i);
}

// The rows of a shuffled batch lie anywhere in memory: ask for them a step before they are read.
INLINE void list_ahead(const Plan &p, const int64_t *rows, Range mine) {
  for (int64_t b = mine.from; b < mine.to; ++b) {
    if (p.pixels) fetch_ahead(p.pixels + rows[b] * p.n0, p.n0);
    else fetch_ahead(p.floats + rows[b] * p.n0, p.n0 * 4);
    if (p.labels) __builtin_prefetch(p.labels + rows[b]);
  }
}

constexpr int64_t COLUMNS_A_MARK = 32;

// Where the entries of columns [32·from, 32·to) of row b begin and end.
INLINE Range between(const Lists &lists, int64_t b, int64_t from, int64_t to) {
  const int64_t *mark = lists.mark + b * (lists.marks + 1);
  return {mark[from], mark[to]};
}

#if defined(__AVX512F__)
// The nonzero ones of 64 pixels, the first of which is pixel `first`, and how many are in the first
// half of them; up to SPILL entries past the last are overwritten.
INLINE Range list_64(const uint8_t *x, int64_t first, Entry *to) {
  const __m512i even = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const __m512i odd = _mm512_add_epi32(even, _mm512_set1_epi32(8));
  const __m512i lane = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m512i bytes = _mm512_loadu_si512(x);
  uint64_t some = _mm512_test_epi8_mask(bytes, bytes);
  if (!some) return {0, 0};
  const int64_t half = __builtin_popcount(static_cast<uint32_t>(some));
  int64_t count = 0;
  for (int64_t k = 0; k < 64; k += 16, some >>= 16) {
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
  return {half, count};
}

static int64_t list_bytes(const uint8_t *x, int64_t n, Entry *entries, int64_t count,
                          int64_t *mark) {
  int64_t i = 0;
  for (; i + 64 <= n; i += 64, mark += 2) {
    const Range found = list_64(x + i, i, entries + count);
    mark[0] = count, mark[1] = count + found.from;
    count += found.to;
  }
  if (i == n) return count;
  alignas(64) uint8_t rest[64];
  _mm512_store_si512(rest, _mm512_maskz_loadu_epi8(~0ull >> (64 - (n - i)), x + i));
  const Range found = list_64(rest, i, entries + count);
  mark[0] = count;
  if (n - i > COLUMNS_A_MARK) mark[1] = count + found.from;
  return count + found.to;
}
#else
static int64_t list_bytes(const uint8_t *x, int64_t n, Entry *entries, int64_t count,
                          int64_t *mark) {
  for (int64_t i = 0; i < n; ++mark) {
    *mark = count;
    for (const int64_t end = least(n, i + COLUMNS_A_MARK); i < end;) {
      const int64_t stop = least(end, i + 8);
      uint64_t eight = 0;
      if (stop - i == 8) std::memcpy(&eight, x + i, 8);  // one load, where the size is known
      else std::memcpy(&eight, x + i, stop - i);
      if (!eight) i = stop;
      for (; i < stop; ++i) {
        entries[count] = {static_cast<uint32_t>(i), x[i] * (1.0f / 255)};
        count += x[i] != 0;
      }
    }
  }
  return count;
}
#endif

static int64_t list_floats(const float *x, int64_t n, Entry *entries, int64_t count,
                           int64_t *mark) {
  for (int64_t i = 0; i < n; ++mark) {
    *mark = count;
    for (const int64_t end = least(n, i + COLUMNS_A_MARK); i < end; ++i) {
      entries[count] = {static_cast<uint32_t>(i), x[i]};
      count += !(x[i] == 0);
    }
  }
  return count;
}

// Each thread lists some rows, one after the other from the place where they would fit at worst.
static void list_rows(const Plan &p, Lists &lists, const int64_t *rows, Range mine) {
  int64_t count = mine.from * (p.n0 + SPILL);
  for (int64_t b = mine.from; b < mine.to; ++b) {
    int64_t *mark = lists.mark + b * (lists.marks + 1);
    const int64_t at = rows[b] * p.n0;
    count = p.pixels ? list_bytes(p.pixels + at, p.n0, lists.by_row, count, mark)
                     : list_floats(p.floats + at, p.n0, lists.by_row, count, mark);
    mark[lists.marks] = count;
  }
}

// Each thread sorts some columns (its own marks) of all rows.
static void list_columns(Lists &lists, int64_t n, int64_t B, Range marks) {
  const Range mine = {marks.from * COLUMNS_A_MARK, least(n, marks.to * COLUMNS_A_MARK)};
  Range *column = lists.column;
  for (int64_t i = mine.from; i < mine.to; ++i) column[i].to = 0;
  for (int64_t b = 0; b < B; ++b) {
    const Range row = between(lists, b, marks.from, marks.to);
    for (int64_t e = row.from; e < row.to; ++e) ++column[lists.by_row[e].at].to;
  }
  for (int64_t i = mine.from, count = mine.from * B; i < mine.to; ++i) {
    const int64_t more = column[i].to;
    column[i] = {count, count};
    count += more;
  }
  for (int64_t b = 0; b < B; ++b) {
    const Range row = between(lists, b, marks.from, marks.to);
    for (int64_t e = row.from; e < row.to; ++e) {
      const Entry &entry = lists.by_row[e];
      lists.by_column[column[entry.at].to++] = {static_cast<uint32_t>(b), entry.value};
    }
  }
}

}  // namespace spusk::SPUSK_ISA
