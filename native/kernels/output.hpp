// The last layer: errors, cost, right answers; and a narrow output summed while its inputs are near.
#pragma once
#include <cmath>
#include "kernels/block_sums.hpp"
#include "kernels/gemm.hpp"
#include "ops/activations.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

struct Batch {
  const Lists *lists;
  const int64_t *rows;  // which precedents
  int64_t B, parity;
  int64_t past;            // lazy: rows of the window before this step's
  float scale;          // η/B
  const Lists *due;     // of the batch before, whose step the first layer still has to take
  int64_t due_B;
};

// y[from … from+LANES) of one precedent
INLINE vf target(const Plan &p, int64_t row, int64_t from) {
  float y[LANES] = {};
  if (p.labels) {
    const int64_t at = p.labels[row] - from;
    if (at >= 0 && at < LANES) y[at] = 1;
  } else if (from < p.classes) {
    std::memcpy(y, p.targets + row * p.classes + from,
                least(LANES, p.classes - from) * sizeof(float));
  }
  return load(y);
}

// δ of one vector of outputs, times η/B; nothing past the last output
INLINE vf output_error(const Plan &p, vf a, vf y, Activation act, int64_t left, float scale) {
  vf d = (a - y) * scale;
  if (p.error == SQUARED) d *= slope(a, act);
  if (left >= LANES) return d;
  float kept[LANES] = {};
  std::memcpy(kept, &d, (left > 0 ? left : 0) * sizeof(float));
  return load(kept);
}

static void judge_any(Plan &p, int64_t at, const float *a, int64_t panel, int64_t pw) {
  int64_t best = 0, wanted = 0;
  float top = 0, top_wanted = 0;
  double cost = 0;
  for (int64_t j = 0; j < p.classes; ++j) {
    const float x = a[j / pw * panel + j % pw];
    const float y = p.labels ? p.labels[at] == j : p.targets[at * p.classes + j];
    const double off = double(x) - y;
    if (p.error == SQUARED) cost += 0.5 * off * off;
    else cost -= (y ? y * std::log(double(x)) : 0) + (y != 1 ? (1 - y) * std::log1p(-double(x)) : 0);
    if (!j || x > top) top = x, best = j;
    if (!j || y > top_wanted) top_wanted = y, wanted = j;
  }
  p.cost += cost;
  p.correct += best == wanted;
}

// The usual case without a branch: Σ(a − y)² = Σa² − 2a_label + 1, exact enough in double.
static void judge_class(Plan &p, const float *a, int64_t label) {
  const float chosen = a[label];
  double squares = 0;
  int64_t better = 0;
  for (int64_t j = 0; j < p.classes; ++j) {
    squares += double(a[j]) * a[j];
    better += (a[j] > chosen) | ((a[j] == chosen) & (j < label));
  }
  p.cost += 0.5 * (squares - 2.0 * chosen + 1);
  p.correct += !better;
}

// Σ C_(x,y) and right answers of a batch: element (b, j) of the answers at a[panel·j/pw + …]
static void judge(Plan &p, const Batch &batch, const float *a, int64_t row, int64_t panel, int64_t pw) {
  const bool classes = p.labels && p.error == SQUARED && p.classes <= pw;
  for (int64_t b = 0; b < batch.B; ++b) {
    if (classes) judge_class(p, a + b * row, p.labels[batch.rows[b]]);
    else judge_any(p, batch.rows[b], a + b * row, panel, pw);
  }
  p.seen += batch.B;
}

// sums (B, m) of lanes += Σ over this panel of a·W: W (m, pw) transposed
template <int V>
static void narrow_forward(int64_t B, const float *a, int64_t row, const float *W, int64_t m, float *sums) {
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

static void narrow_forward(int pv, int64_t B, const float *a, int64_t row, const float *W, int64_t m,
                           float *sums) {
  by_vectors<WIDEST>(pv, [&](auto v) {
    narrow_forward<decltype(v)::value>(B, a, row, W, m, sums);
  });
}

// Every thread works out the few output errors for itself: cheaper than waiting for one that does.
static void narrow_errors(Plan &p, const Batch &batch, Worker &w, int64_t blocks) {
  const Layer &l = p.layers[p.depth - 1];
  const int height = tree_height(blocks);
  for (int64_t o = 0; o < NARROW_MOST; o += LANES) {
    vf moved = vf{};
    for (int64_t b = 0; b < batch.B; ++b) {
      const int64_t at = b * NARROW_MOST + o;
      const float *shares = p.partial[batch.parity] + at;
      const vf z = load(w.out_bias + o) + tree_sum(blocks, height, [=, &p](int64_t k) {
                     return load(shares + k * p.batch * NARROW_MOST);
                   });
      const vf a = activate(z, l.act);
      const vf d = output_error(p, a, target(p, batch.rows[b], o), l.act, l.m - o, batch.scale);
      store(w.answer + at, a);
      store(w.out + at, d);
      moved += d;
    }
    store(w.out_bias + o, load(w.out_bias + o) - moved);
  }
}

// One panel of the hidden layer under a narrow output: its δ from the old W, then W's own step.
static void narrow_backward(const Layer &below, const Worker &w, int64_t B, int64_t m, float *W,
                            const float *a, float *delta, int64_t drow, float *bias) {
  const int pv = below.pv;
  gemm<SET>(pv, B, m, {w.out, NARROW_MOST, 1}, {W, below.pw}, delta, drow);
  gemm<SUBTRACT>(pv, m, B, {w.out, 1, NARROW_MOST}, {a, below.row}, W, below.pw);
  slope_tile(below.act, delta, drow, a, below.row, B, pv, bias);
}

}  // namespace spusk::SPUSK_ISA
