// A narrow output, transposed: summed and stepped while the layer under it is near.
#pragma once
#include "kernels/block_sums.hpp"
#include "kernels/gemm.hpp"
#include "kernels/softmax.hpp"

namespace spusk::SPUSK_ISA {

// sums (B, m) of lanes += Σ over this panel of a·W: W (m, pw) transposed
template <int V>
static void narrow_forward(int64_t B, const float *a, int64_t row, const float *W, int64_t m,
                           float *sums) {
  for (int64_t b = 0; b < B; ++b, a += row) {
    vf x[V];
    for (int v = 0; v < V; ++v) x[v] = load(a + v * LANES);
    float *s = sums + b * m * LANES;
    for (int64_t o = 0; o < m; ++o) {
      vf c = load(s + o * LANES);
      for (int v = 0; v < V; ++v) c += x[v] * load(W + (o * V + v) * LANES);
      store(s + o * LANES, c);
    }
  }
}

static void narrow_forward(int pv, int64_t B, const float *a, int64_t row, const float *W,
                           int64_t m, float *sums) {
  by_vectors<WIDEST>(pv,
                     [&](auto v) { narrow_forward<decltype(v)::value>(B, a, row, W, m, sums); });
}

// z of the outputs [o … o + LANES) of one example, from the shares of all blocks
INLINE vf narrow_z(const Step &s, int64_t blocks, int height, int64_t b, int64_t o) {
  const float *shares = s.p.partial[s.batch.parity] + b * NARROW_MOST + o;
  return load(s.w.output_bias + o) + tree_sum(blocks, height, [=, &s](int64_t k) {
           return load(shares + k * s.p.batch * NARROW_MOST);
         });
}

// α(x), δ and Σδ over the examples of a softmax
template <class Loss>
static void narrow_softmax(const Step &s, int64_t blocks, float *sums) {
  const Batch &batch = s.batch;
  const int height = tree_height(blocks);
  for (int64_t b = 0; b < batch.B; ++b) {
    float *a = s.w.output + b * NARROW_MOST, *d = s.w.output_delta + b * NARROW_MOST;
    for (int64_t o = 0; o < NARROW_MOST; o += LANES) {
      store(a + o, narrow_z(s, blocks, height, b, o));
      store(d + o, vf{});
    }
    softmax(a, s.p.classes);
    softmax_errors<Loss>(s.p, batch.rows[b], a, d, batch.scale);
  }
  for (int64_t o = 0; o < NARROW_MOST; o += LANES) {
    vf moved = vf{};
    for (int64_t b = 0; b < batch.B; ++b) moved += load(s.w.output_delta + b * NARROW_MOST + o);
    store(sums + o, moved);
  }
}

// The same of outputs that stand each by itself
template <class Sigma, class Loss>
static void narrow_errors(const Step &s, int64_t blocks, float *sums) {
  const Plan &p = s.p;
  const Batch &batch = s.batch;
  const int64_t m = p.layers[p.depth - 1].m;
  const int height = tree_height(blocks);
  for (int64_t o = 0; o < NARROW_MOST; o += LANES) {
    vf moved = vf{};
    for (int64_t b = 0; b < batch.B; ++b) {
      const int64_t at = b * NARROW_MOST + o;
      const vf z = narrow_z(s, blocks, height, b, o);
      const vf a = Sigma::value(z);
      const vf d = output_error<Sigma, Loss>(z, a, target(p, batch.rows[b], o), m - o,
                                             batch.scale * weight_of(p, batch.rows[b]));
      store(s.w.output + at, a);
      store(s.w.output_delta + at, d);
      moved += d;
    }
    store(sums + o, moved);
  }
}

// Every thread works out the few output errors for itself: cheaper than waiting for one that does.
template <class Rule>
static void narrow_errors(const Step &s, int64_t blocks) {
  float sums[NARROW_MOST];
  with_output(s.p, [&](auto sigma, auto loss) {
    if constexpr (COUPLED<decltype(sigma)>) narrow_softmax<decltype(loss)>(s, blocks, sums);
    else narrow_errors<decltype(sigma), decltype(loss)>(s, blocks, sums);
  });
  Update<Rule> update;
  if constexpr (!Rule::LINEAR)
    update = {states_of(s.w.output_bias, s.w.output_states, NARROW_MOST, &s.batch.rate)};
  step_biases(s.w.output_bias, sums, NARROW_MOST / LANES, update);
}

// One panel of the layer `at` under a narrow output: its δ from the old W, then W's own step.
template <class Rule>
static void narrow_backward(const Step &s, int at, int64_t panel, float *delta, int64_t drow) {
  const Layer &l = s.p.layers[at], &out = s.p.layers[at + 1];
  const int64_t B = s.batch.B, m = out.m;
  float *W = out.pack + panel * m * l.pw;
  gemm(l.pv, B, m, {s.w.output_delta, NARROW_MOST, 1}, {W, l.pw}, delta, drow, Set{});
  gemm(l.pv, m, B, {s.w.output_delta, 1, NARROW_MOST}, {s.A(at, panel), l.row}, W, l.pw,
       W_update<Rule>(s, out));
  finish_errors<Rule>(s, at, panel, delta, drow);
}

}  // namespace spusk::SPUSK_ISA
