// The one register-blocked matrix kernel, and the copies that feed it.
#pragma once
#include "kernels/simd.hpp"

namespace spusk::SPUSK_ISA {

// What becomes of a sum: C =, C +=, or (kernels/update.hpp) W's step with the sum for a gradient.
// Of the last vector in a panel of W only some floats are there: W is the right factor, and C is
// padded; or, OF_WEIGHTS, C is W.
struct Set {
  static constexpr bool ADDS = false, OF_WEIGHTS = false;
  ALWAYS_INLINE void operator()(float *to, vf sum) const { store(to, sum); }
  ALWAYS_INLINE void operator()(float *to, vf sum, int64_t) const { store(to, sum); }
};
struct Add : Set {  // the sum begins with C
  static constexpr bool ADDS = true;
};

struct Left {  // element (r, k) at p[r·row + k·step]
  const float *p;
  int64_t row, step;
};
struct Panel {  // row k of V vectors at p + k·row
  const float *p;
  int64_t row;
};

enum Prefetch { NOTHING, NEXT_PANEL, LINES, BOTH };  // what is asked for while a block is at work

struct Ahead {           // for one block
  int64_t first, every;  // the next panel of W: every so many rows of it, from row `first` on
  const float *lines;    // memory in a row: a line a turn
  int64_t last;          // floats in the last vector of this panel
};

// C (R, V vectors) into Σ_k left(r, k)·right(k): broadcast and accumulate
template <int R, int V, Prefetch PREFETCH, bool WHOLE, class Into>
static void block(int64_t K, Left left, Panel right, float *C, int64_t crow, Ahead ahead,
                  Into into) {
  vf c[R][V];
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v) c[r][v] = Into::ADDS ? load(C + r * crow + v * LANES) : vf{};
  const float *a = left.p, *b = right.p;
  for (int64_t k = 0; k < K; ++k, a += left.step, b += right.row) {
    vf w[V];
    for (int v = 0; v < V; ++v)
      w[v] = WHOLE || Into::OF_WEIGHTS || v < V - 1 ? load(b + v * LANES)
                                                    : load_some(b + v * LANES, ahead.last);
    if (PREFETCH & LINES) __builtin_prefetch(ahead.lines + k * 16);
    if ((PREFETCH & NEXT_PANEL) && k == ahead.first) {
      for (int j = 0; j < V * LANES; j += 16) __builtin_prefetch(b + V * LANES + 16 + j);
      ahead.first += ahead.every;
    }
    for (int r = 0; r < R; ++r) {
      const vf x = all(a[r * left.row]);
      for (int v = 0; v < V; ++v) c[r][v] += x * w[v];
    }
  }
  // a gradient is small beside its weight: summed first, it meets the weight's rounding once
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v) {
      float *to = C + r * crow + v * LANES;
      if (WHOLE || v < V - 1) into(to, c[r][v]);
      else into(to, c[r][v], ahead.last);
    }
}

template <int V, Prefetch PREFETCH, bool WHOLE, class Into>
static void some_rows(int64_t rows, int64_t K, Left left, Panel right, float *c, int64_t crow,
                      Ahead ahead, Into into) {
  switch (rows) {
    case 1: return block<1, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
    case 2: return block<2, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
    case 3: return block<3, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
    case 4: return block<4, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
#if defined(__AVX512F__) || defined(__aarch64__)
    case 5: return block<5, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
    default: return block<6, V, PREFETCH, WHOLE>(K, left, right, c, crow, ahead, into);
#endif
  }
}

struct Upcoming {     // what will be needed after this product
  bool panel;         // the panel of W to the right, whose rows lie far apart
  const float *from;  // numbers in a row, up to `to`
  const float *to;
};

template <int V, bool WHOLE, class Into>
static void blocks(int64_t rows, int64_t K, Left left, Panel right, float *C, int64_t crow,
                   Upcoming upcoming, int64_t last, Into into) {
  const int64_t count = (rows + ROWS - 1) / ROWS;
  for (int64_t i = 0; i < count; ++i) {
    const int64_t from = i * rows / count, to = (i + 1) * rows / count;
    const Left part = {left.p + from * left.row, left.row, left.step};
    float *c = C + from * crow;
    const Ahead ahead = {i, count, upcoming.from, last};
    const bool lines = upcoming.from < upcoming.to;
    if (!WHOLE) some_rows<V, NOTHING, WHOLE>(to - from, K, part, right, c, crow, ahead, into);
    else if (upcoming.panel && lines)
      some_rows<V, BOTH, true>(to - from, K, part, right, c, crow, ahead, into);
    else if (upcoming.panel)
      some_rows<V, NEXT_PANEL, true>(to - from, K, part, right, c, crow, ahead, into);
    else if (lines) some_rows<V, LINES, true>(to - from, K, part, right, c, crow, ahead, into);
    else some_rows<V, NOTHING, true>(to - from, K, part, right, c, crow, ahead, into);
    if (lines) upcoming.from += K * 16;
  }
}

template <class Into>
static void gemm(int pv, int64_t rows, int64_t K, Left left, Panel right, float *C, int64_t crow,
                 Into into, Upcoming upcoming = {}) {
  for (; pv > 0; pv -= PV, right.p += PV * LANES, C += PV * LANES)
    by_vectors<PV>(pv, [=](auto v) {
      blocks<decltype(v)::value, true>(rows, K, left, right, C, crow, upcoming, LANES, into);
    });
}

// The same for one panel of W, of at most PV vectors, of the last of which `last` floats are there
template <class Into>
static void ragged_gemm(int pv, int64_t last, int64_t rows, int64_t K, Left left, Panel right,
                        float *C, int64_t crow, Into into) {
  by_vectors<PV>(pv, [=](auto v) {
    blocks<decltype(v)::value, false>(rows, K, left, right, C, crow, {}, last, into);
  });
}

// (rows, columns) -> rows of `width` floats, the rest zero. Rows lie far apart, too far for the
// processor to guess the next one: it is told.
static void copy_in(const float *from, int64_t stride, int64_t rows, int64_t columns, float *to,
                    int64_t width) {
  constexpr int64_t AHEAD = 12;
  const int64_t whole = columns / LANES * LANES;
  for (int64_t i = 0; i < rows; ++i, from += stride, to += width) {
    if (i + AHEAD < rows)
      for (int64_t j = 0; j < columns; j += 16) __builtin_prefetch(from + AHEAD * stride + j);
    for (int64_t j = 0; j < whole; j += LANES) store(to + j, load(from + j));
    for (int64_t j = whole; j < columns; ++j) to[j] = from[j];
    for (int64_t j = columns; j < width; ++j) to[j] = 0;
  }
}

static void copy_out(const float *from, int64_t width, int64_t rows, int64_t columns, float *to,
                     int64_t stride) {
  const int64_t whole = columns / LANES * LANES;
  for (int64_t i = 0; i < rows; ++i, from += width, to += stride) {
    for (int64_t j = 0; j < whole; j += LANES) store(to + j, load(from + j));
    for (int64_t j = whole; j < columns; ++j) to[j] = from[j];
  }
}

// (rows, columns) -> (columns, width), lane by lane of `width` ≥ rows, the rest zero
static void copy_transposed(const float *from, int64_t stride, int64_t rows, int64_t columns,
                            float *to, int64_t width, bool ahead = false) {
  for (int64_t i = 0; i < width; i += LANES)
    for (int64_t j = 0; j < columns; j += LANES) {
      const int64_t high_i = least(LANES, rows - i), high_j = least(LANES, columns - j);
      vf r[LANES];
      for (int k = 0; k < LANES; ++k) {
        r[k] = vf{};
        if (k >= high_i) continue;
        const float *p = from + (i + k) * stride + j;
        if (ahead) __builtin_prefetch(p + columns + 16);
        if (high_j == LANES) r[k] = load(p);
        else std::memcpy(&r[k], p, high_j * sizeof(float));
      }
      transpose(r);
      for (int k = 0; k < high_j; ++k) store(to + (j + k) * width + i, r[k]);
    }
}

// to[i] = the sum of the lanes of vector i, for i < width (0 from `count` on), LANES at a time
static void sum_lanes(const float *lanes, int64_t count, int64_t apart, float *to, int64_t width) {
  for (int64_t i = 0; i < width; i += LANES) {
    vf r[LANES];
    for (int64_t k = 0; k < LANES; ++k) r[k] = i + k < count ? load(lanes + (i + k) * apart) : vf{};
    transpose(r);
    for (int64_t half = LANES / 2; half; half /= 2)
      for (int64_t k = 0; k < half; ++k) r[k] += r[k + half];
    store(to + i, r[0]);
  }
}

}  // namespace spusk::SPUSK_ISA
