// The first layer: a zero input adds exactly nothing, so only the listed ones are met.
#pragma once
#include "kernels/lists.hpp"
#include "kernels/update.hpp"

namespace spusk::SPUSK_ISA {

// Bytes of weights in the first cache, about
constexpr int64_t NEAREST = 24 << 10, NEARBY = 64 << 10;

// Marks whose weights stay near for the whole batch. Few examples lose more to the ends of
// stretches than to the way from the second cache, the more so where a column is short.
template <int V, bool FEW_ROWS>
constexpr int64_t STRETCH = (!FEW_ROWS ? NEAREST
                             : V > 4   ? NEARBY
                                       : 2 * NEARBY) /
                            (V * LANES * 4) / COLUMNS_A_MARK;

struct Part {  // a batch whose inputs are taken stretch by stretch of columns
  const Lists &lists;
  int64_t B;
  float *at;  // what belongs to them: sums z, or errors δ; row b at b·row
  int64_t row;
};

// out (B, V vectors) += Σ over nonzero inputs of x·W[i], for the columns of marks [from, to)
template <int V>
INLINE void sparse_stretch(const Part &in, int64_t from, int64_t to, const float *W,
                           int64_t stride) {
  constexpr int U = V < 3 ? 4 : 2;  // enough sums in flight to hide the latency of one
  float *sum = in.at;
  for (int64_t b = 0; b < in.B; ++b, sum += in.row) {
    const Range run = between(in.lists, b, from, to);
    const Entry *e = in.lists.by_row + run.from, *end = in.lists.by_row + run.to;
    vf c[U][V];
    for (int u = 0; u < U; ++u)
      for (int v = 0; v < V; ++v) c[u][v] = u || !from ? vf{} : load(sum + v * LANES);
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
      store(sum + v * LANES, c[0][v]);
    }
  }
}

// out (B, V vectors) = Σ over nonzero inputs of x·W[i]
template <int V>
static void sparse_forward(const Part &in, const float *W, int64_t stride) {
  constexpr int64_t stretch = STRETCH<V, false>;
  for (int64_t from = 0; from < in.lists.marks; from += stretch)
    sparse_stretch<V>(in, from, least(from + stretch, in.lists.marks), W, stride);
}

// W[i] takes its step: the gradient is Σ over rows with that input of x·δ
template <int V, class Rule>
static void sparse_update(const Lists &lists, int64_t n, float *W, int64_t stride,
                          const float *delta, int64_t row, Update<Rule> update) {
  for (int64_t i = 0; i < n; ++i) {
    const Entry *e = lists.by_column + lists.column[i].from;
    const Entry *end = lists.by_column + lists.column[i].to;
    if (Rule::LINEAR && e == end) continue;
    float *w = W + i * stride;
    vf c[V];
    for (int v = 0; v < V; ++v) c[v] = vf{};
    for (; e < end; ++e)
      for (int v = 0; v < V; ++v) c[v] += all(e->value) * load(delta + e->at * row + v * LANES);
    for (int v = 0; v < V; ++v) update(w + v * LANES, c[v]);
  }
}

// W takes the step that is due, row by row of its batch, for the columns of marks [from, to)
template <int V, class Rule>
INLINE void sparse_update_rows(const Part &due, int64_t from, int64_t to, float *W, int64_t stride,
                               Update<Rule> update) {
  static_assert(Rule::LINEAR);  // in parts
  for (int64_t b = 0; b < due.B; ++b) {
    const Range run = between(due.lists, b, from, to);
    vf d[V];
    for (int v = 0; v < V; ++v) d[v] = load(due.at + b * due.row + v * LANES);
    const Entry *end = due.lists.by_row + run.to;
    for (const Entry *e = due.lists.by_row + run.from; e < end; ++e) {
      float *w = W + e->at * stride;
      const vf x = all(e->value);
      for (int v = 0; v < V; ++v) update(w + v * LANES, x * d[v]);
    }
  }
}

static void sparse_forward(int pv, const Part &in, const float *W, int64_t stride) {
  by_vectors<WIDEST>(pv, [&](auto v) { sparse_forward<decltype(v)::value>(in, W, stride); });
}

template <class Rule>
static void sparse_update(int pv, const Lists &lists, int64_t n, float *W, int64_t stride,
                          const float *delta, int64_t row, Update<Rule> update) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    sparse_update<decltype(v)::value>(lists, n, W, stride, delta, row, update);
  });
}

// Few examples, too few to sort by column: W takes the step that is due, of the batch before, and
// serves the next batch in the same visit, stretch by stretch. Either may have no rows.
template <class Rule>
static void sparse_update_and_forward(int pv, const Part &due, const Part &next, float *W,
                                      int64_t stride, Update<Rule> update) {
  const int64_t marks = next.lists.marks;
  by_vectors<WIDEST>(pv, [&](auto v) {
    constexpr int V = decltype(v)::value;
    constexpr int64_t stretch = STRETCH<V, true>;
    for (int64_t from = 0; from < marks; from += stretch) {
      const int64_t to = least(from + stretch, marks);
      sparse_update_rows<V>(due, from, to, W, stride, update);
      sparse_stretch<V>(next, from, to, W, stride);
    }
  });
}

}  // namespace spusk::SPUSK_ISA
