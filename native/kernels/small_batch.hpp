// Few examples in a batch: a row of W meets its two tasks in one visit, as it lies in memory.
//
// δ below is Σ_j δ_j·W_ij, a sum along the row; the gradient is a_i·δ_j. Both need the same W and
// the same δ. The sum is kept lane by lane and added up once at the end: nothing is transposed.
#pragma once
#include "kernels/gemm.hpp"
#include "kernels/update.hpp"

namespace spusk::SPUSK_ISA {

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int GROUP = 3;  // rows of W at a time: 12 vectors of them, 12 of their gradient, 4 of δ
#else
constexpr int GROUP = 2;
#endif

struct Errors {  // δ of example b in panel q at p + q·panel + b·row
  const float *p;
  int64_t panel, row;
};

struct Weights {  // rows of panels of V vectors; of the last vector so many floats
  float *p;
  int64_t row, last;
};

// lanes (R, B) += Wδ, then W takes its step with aᵀδ, for R rows of `panels` panels; `next` follows
template <int R, int V, bool WHOLE, class Rule>
static void rows_update_and_backprop(int64_t panels, int64_t B, Weights weights, const float *next,
                                     Left a, Errors d, float *lanes, Update<Rule> update) {
  float *W = weights.p;
  const int64_t stride = weights.row;
  for (int64_t q = 0; q < panels; ++q, W += V * LANES, next += V * LANES, d.p += d.panel) {
    vf w[R][V], g[R][V];
    for (int r = 0; r < R; ++r)
      for (int v = 0; v < V; ++v) {
        const float *from = W + r * stride + v * LANES;
        w[r][v] = WHOLE || v < V - 1 ? load(from) : load_some(from, weights.last);
        g[r][v] = vf{};
        __builtin_prefetch(next + r * stride + v * LANES);
      }
    for (int64_t b = 0; b < B; ++b) {
      vf x[V];
      for (int v = 0; v < V; ++v) x[v] = load(d.p + b * d.row + v * LANES);
      for (int r = 0; r < R; ++r) {
        float *sum = lanes + (r * B + b) * LANES;
        const vf left = all(a.p[r * a.row + b * a.step]);
        vf c = load(sum);
        for (int v = 0; v < V; ++v) {
          c += w[r][v] * x[v];
          g[r][v] += left * x[v];
        }
        store(sum, c);
      }
    }
    for (int r = 0; r < R; ++r)
      for (int v = 0; v < V; ++v) {
        float *to = W + r * stride + v * LANES;
        if (WHOLE || v < V - 1) store(to, update.template after<true>(to, w[r][v], g[r][v], LANES));
        else
          store_some(to, update.template after<false>(to, w[r][v], g[r][v], weights.last),
                     weights.last);
      }
  }
}

template <int V, bool WHOLE, class Rule>
static void panels_update_and_backprop(int64_t rows, int64_t panels, int64_t B, Weights W, Left a,
                                       Errors d, float *lanes, Update<Rule> update) {
  for (int64_t R = GROUP, i = 0; i < rows; i += R) {
    if (rows - i < GROUP) R = 1;
    const float *next = W.p + (i + R < rows ? R * W.row : 0);
    if (R == GROUP)
      rows_update_and_backprop<GROUP, V, WHOLE>(panels, B, W, next, a, d, lanes, update);
    else rows_update_and_backprop<1, V, WHOLE>(panels, B, W, next, a, d, lanes, update);
    W.p += R * W.row, a.p += R * a.row, lanes += R * B * LANES;
  }
}

// The same for any number of rows and for panels of pv vectors: a (rows, B), lanes (rows, B)
template <class Rule>
static void update_and_backprop(int pv, int64_t rows, int64_t panels, int64_t B, Weights W, Left a,
                                Errors d, float *lanes, Update<Rule> update) {
  by_vectors<PV>(pv, [=](auto v) {
    constexpr int V = decltype(v)::value;
    if (W.last == LANES)
      panels_update_and_backprop<V, true>(rows, panels, B, W, a, d, lanes, update);
    else panels_update_and_backprop<V, false>(rows, panels, B, W, a, d, lanes, update);
  });
}

}  // namespace spusk::SPUSK_ISA
