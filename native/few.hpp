// Few precedents in a batch: a row of W meets its two tasks in one visit, as it lies in memory.
//
// δ below is Σ_j δ_j·W_ij, a sum along the row; the step is W_ij −= a_i·δ_j. Both need the same W and
// the same δ. The sum is kept lane by lane and added up once at the end: nothing is transposed.
#pragma once
#include "gemm.hpp"
#include "plan.hpp"

namespace spusk::SPUSK_ISA {

#if defined(__AVX512F__) || defined(__aarch64__)
constexpr int GROUP = 3;  // rows of W at a time: 12 vectors of them, 12 of their gradient, 4 of δ
#else
constexpr int GROUP = 2;
#endif

struct Errors {           // δ of precedent b in panel q at p + q·panel + b·row
  const float *p;
  long panel, row;
};

// lanes (R, B) += Wδ, then W −= aᵀδ, for R rows of `panels` panels of V vectors; `next` comes after
template <int R, int V>
static void meet_rows(long panels, long B, float *W, long stride, const float *next, Left a,
                      Errors d, float *lanes) {
  for (long q = 0; q < panels; ++q, W += V * LANES, next += V * LANES, d.p += d.panel) {
    vf w[R][V], g[R][V];
    for (int r = 0; r < R; ++r)
      for (int v = 0; v < V; ++v) {
        w[r][v] = load(W + r * stride + v * LANES);
        g[r][v] = vf{};
        __builtin_prefetch(next + r * stride + v * LANES);
      }
    for (long b = 0; b < B; ++b) {
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
      for (int v = 0; v < V; ++v) store(W + r * stride + v * LANES, w[r][v] - g[r][v]);
  }
}

// The same for any number of rows: a (rows, B), lanes (rows, B)
static void meet(int pv, long rows, long panels, long B, float *W, long stride, Left a, Errors d,
                 float *lanes) {
  by_vectors<PV>(pv, [=](auto v) mutable {
    constexpr int V = decltype(v)::value;
    for (long R = GROUP, i = 0; i < rows; i += R) {
      if (rows - i < GROUP) R = 1;
      const float *next = W + (i + R < rows ? R * stride : 0);
      if (R == GROUP) meet_rows<GROUP, V>(panels, B, W, stride, next, a, d, lanes);
      else meet_rows<1, V>(panels, B, W, stride, next, a, d, lanes);
      W += R * stride, a.p += R * a.row, lanes += R * B * LANES;
    }
  });
}

}  // namespace spusk::SPUSK_ISA
