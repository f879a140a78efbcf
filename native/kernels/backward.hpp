// From the errors back: δ below from the old W, then W's own step, while a tile of it is near.
#pragma once
#include "kernels/forward.hpp"
#include "kernels/small_batch.hpp"

namespace spusk::SPUSK_ISA {

template <class Rule>
static void sparse_step(const Step &s, int64_t panel, const float *delta, int64_t row) {
  if (s.p.lazy || s.p.row_by_row) return;  // δ stays where it is until W is visited next
  const Layer &l = s.p.layers[0];
  sparse_update(l.pv, *s.batch.lists, l.n, l.pack + panel * l.n * l.pw, l.pw, delta, row,
                W_update<Rule>(s, l));
}

// W (rows from…to of one panel) takes its step: the gradient is aᵀδ
template <class Rule>
static void dense_update(const Step &s, int at, Range rows, int64_t panel, const float *delta,
                         int64_t row, Upcoming upcoming = {}) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const int64_t width = columns(l, panel), count = rows.to - rows.from;
  float *W = l.W + rows.from * l.m + panel * l.pw;
  const Left left = {s.A(at - 1) + rows.from, 1, below.row};
  const Update<Rule> update = W_update<Rule>(s, l);
  if (width == l.pw)
    return gemm(l.pv, count, s.batch.B, left, {delta, row}, W, l.m, update, upcoming);
  const Edge edge = edge_of(width);
  ragged_gemm(edge.vectors, edge.last, count, s.batch.B, left, {delta, row}, W, l.m, update);
}

// Rows of W and panels of it from `panel` on, whole ones or the last, ragged one, for few examples.
template <class Rule>
static void small_batch_panels(const Step &s, int at, Range rows, int64_t panel, int64_t count,
                               Errors d) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  float *W = l.W + rows.from * l.m + panel * l.pw;
  const Left a = {s.A(at - 1) + rows.from, 1, below.row};
  const Edge edge = edge_of(columns(l, panel));
  update_and_backprop(edge.vectors, rows.to - rows.from, count, s.batch.B, {W, l.m, edge.last}, a,
                      d, s.w.lanes, W_update<Rule>(s, l));
}

// How many panels to take together: their errors stay near; a ragged one comes alone.
static int64_t strip(const Step &s, const Layer &l, int64_t panel, int64_t end) {
  const int64_t whole = l.m / l.pw;
  return panel < whole ? least(s.p.strip, least(end, whole) - panel) : 1;
}

static void clear_lanes(const Step &s, int64_t rows) {
  std::memset(s.w.lanes, 0, rows * s.batch.B * LANES * sizeof(float));
}

// δ below (B, width) out of the lanes of `rows` rows
static void sum_rows(const Step &s, int64_t rows, float *d, int64_t row, int64_t width) {
  const int64_t apart = s.batch.B * LANES;
  for (int64_t b = 0; b < s.batch.B; ++b)
    sum_lanes(s.w.lanes + b * LANES, rows, apart, d + b * row, width);
}

// W's step and its share of δ below for one panel of a wide layer, whose own δ has just been made.
template <class Rule>
static void fused_panel(const Step &s, int at, int64_t panel, float *sum) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const int64_t width = columns(l, panel);
  for (int64_t i = 0; i < below.panels; ++i) {
    const int64_t rows = columns(below, i);
    copy_transposed(l.W + i * below.pw * l.m + panel * l.pw, l.m, rows, width, s.w.tile, below.pw,
                    true);
    gemm(below.pv, s.batch.B, width, {s.w.delta, l.pw, 1}, {s.w.tile, below.pw}, sum + i * below.pw,
         below.row, Add{});
  }
  const float *a = s.A(at, panel);
  dense_update<Rule>(s, at, {0, l.n}, panel, s.w.delta, l.pw,
                     {false, a + l.panel, a + 2 * l.panel});
}

// A wide layer over a small one: δ below is summed block by block of the wide layer's neurons.
template <class Rule>
static void fused_backward(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at], &below = p.layers[at - 1];
  const int64_t B = s.batch.B;
  const bool few = p.strip;
  const Range mine = s.blocks_of(l);
  for (int64_t block = mine.from; block < mine.to; ++block) {
    float *sum = p.below + block * p.batch * below.row;
    if (few) clear_lanes(s, l.n);
    else std::memset(sum, 0, B * below.row * sizeof(float));
    const Range panels = Step::panels_of(l, block);
    for (int64_t panel = panels.from, count; panel < panels.to; panel += count) {
      count = few ? strip(s, l, panel, panels.to) : 1;
      for (int64_t i = panel; i < panel + count; ++i)
        narrow_backward<Rule>(s, at, i, s.w.delta + (i - panel) * B * l.pw, l.pw);
      if (few) small_batch_panels<Rule>(s, at, {0, l.n}, panel, count, {s.w.delta, B * l.pw, l.pw});
      else fused_panel<Rule>(s, at, panel, sum);
    }
    if (few) sum_rows(s, l.n, sum, below.row, below.panels * below.pw);
  }
}

template <class Rule>
static void fused_reduce(const Step &s, int at, int64_t panel) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const int64_t blocks = p.layers[at + 1].blocks;
  const int height = tree_height(blocks);
  for (int64_t b = 0; b < s.batch.B; ++b)
    for (int64_t j = panel * l.pw; j < (panel + 1) * l.pw; j += LANES) {
      const float *shares = p.below + b * l.row + j;
      store(s.D(at) + b * l.row + j, tree_sum(blocks, height, [=, &p](int64_t k) {
              return load(shares + k * p.batch * l.row);
            }));
    }
  finish_errors<Rule>(s, at, panel, s.D(at, panel), l.row);
}

// The same rows for few examples: one visit of W instead of two.
template <class Rule>
static void dense_backward_few(const Step &s, int at, Range rows, float *d) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  clear_lanes(s, rows.to - rows.from);
  for (int64_t panel = 0, count; panel < l.panels; panel += count) {
    count = strip(s, l, panel, l.panels);
    small_batch_panels<Rule>(s, at, rows, panel, count, {s.D(at, panel), l.panel, l.row});
  }
  sum_rows(s, rows.to - rows.from, d, below.row, below.pw);
}

template <class Rule>
static void dense_backward_many(const Step &s, int at, Range rows, float *d) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const int64_t deep = DEPTH * LANES;
  for (int64_t k = 0; k < l.m; k += deep) {
    const int64_t K = least(deep, l.m - k);
    copy_transposed(l.W + rows.from * l.m + k, l.m, rows.to - rows.from, K, s.w.tile, below.pw);
    const Left left = {s.D(at) + k, l.row, 1};
    if (k == 0) gemm(below.pv, s.batch.B, K, left, {s.w.tile, below.pw}, d, below.row, Set{});
    else gemm(below.pv, s.batch.B, K, left, {s.w.tile, below.pw}, d, below.row, Add{});
  }
  for (int64_t j = 0; j < l.panels; ++j) dense_update<Rule>(s, at, rows, j, s.D(at, j), l.row);
}

// Rows of W belonging to one panel of the layer below: its δ from the old W, and W's own step.
template <class Rule>
static void dense_backward(const Step &s, int at, int64_t panel) {
  const Layer &below = s.p.layers[at - 1];
  const int64_t first = panel * below.pw;
  const Range rows = {first, first + columns(below, panel)};
  float *d = s.D(at - 1, panel);
  if (s.p.strip) dense_backward_few<Rule>(s, at, rows, d);
  else dense_backward_many<Rule>(s, at, rows, d);
  finish_errors<Rule>(s, at - 1, panel, d, below.row);
}

template <class Rule>
static void under_narrow_backward(const Step &s, int at) {
  const Layer &l = s.p.layers[at];
  const Range mine = s.panels_of(l);
  for (int64_t panel = mine.from; panel < mine.to; ++panel) {
    float *delta = l.D ? s.D(at, panel) : s.w.delta;
    const int64_t row = l.D ? l.row : l.pw;
    narrow_backward<Rule>(s, at, panel, delta, row);
    if (!at) sparse_step<Rule>(s, panel, delta, row);
  }
}

// The layer whose D is complete for this thread's own panels (true) or for all (after a wait).
template <class Rule>
static void backward(const Step &s) {
  Plan &p = s.p;
  int at = s.top();
  if (s.narrow()) {
    narrow_errors<Rule>(s, p.layers[at].blocks);
    if (s.thread == 0) measure(p, s.batch, s.w.output, NARROW_MOST, 0, NARROW_MOST);
    if (!p.layers[at].fused) {
      under_narrow_backward<Rule>(s, at);
      if (!at) return;  // the only wait of a two-layer step was the one before the outputs
    } else {
      fused_backward<Rule>(s, at);
      s.wait();
      const Range mine = s.panels_of(p.layers[--at]);
      for (int64_t panel = mine.from; panel < mine.to; ++panel) fused_reduce<Rule>(s, at, panel);
    }
    if (at) s.wait();
  } else if (s.thread == 0) {
    const Layer &l = p.layers[at];
    measure(p, s.batch, s.A(at), l.row, l.panel, l.pw);
  }
  for (; at >= 1; --at) {
    const Range mine = s.panels_of(p.layers[at - 1]);
    for (int64_t panel = mine.from; panel < mine.to; ++panel) dense_backward<Rule>(s, at, panel);
    if (at > 1) s.wait();
  }
  const Range mine = s.panels_of(p.layers[0]);
  for (int64_t panel = mine.from; panel < mine.to; ++panel)
    sparse_step<Rule>(s, panel, s.D(0, panel), p.layers[0].row);
  s.wait();
}

}  // namespace spusk::SPUSK_ISA
