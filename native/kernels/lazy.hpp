// The lazy first layer, for linear updates.
//
// Its inputs are known ahead. For a window of k steps Z = W₀ᵀX is computed once; step t corrects it
// by what the steps before it in the window would have done to W,
//     z_t = Z_t − Σ_{s<t} (x_tᵀx_s)·δ_s        (δ carries η/B),
// and W −= Σ xδᵀ follows once, at the window's end, in the same visit that computes the next Z. It
// is the same descent in exact arithmetic; W crosses the memory bus twice a window instead of three
// times a step.
#pragma once
#include "kernels/gemm.hpp"
#include "kernels/sparse.hpp"
#include "kernels/step.hpp"

namespace spusk::SPUSK_ISA {

struct Window {
  Lists *lists;  // null: no window
  const int64_t *rows;
  int64_t count;
};

static Window window_of(const Plan &p, int64_t first, int64_t last) {
  const int64_t from = first * p.batch, to = least(last * p.batch, p.K);
  return {const_cast<Lists *>(p.lists) + first / p.window % 2, p.order + from, to - from};
}

// Inputs by column, so that the products of all pairs of rows are one sparse product more.
static void sort_by_column(const Plan &p, const Window &w, Range mine, bool clear) {
  for (int64_t r = mine.from; r < mine.to; ++r) {
    const Range row = between(*w.lists, r, 0, w.lists->marks);
    for (int64_t e = row.from; e < row.to; ++e) {
      const Entry &entry = w.lists->by_row[e];
      p.by_column[entry.at * p.gram_row + r] = clear ? 0 : entry.value;
    }
  }
}

static void gram(const Plan &p, const Window &w, Range mine) {
  Lists part = *w.lists;
  part.mark += mine.from * (part.marks + 1);
  for (int64_t c = 0; c < mine.to; c += PV * LANES)  // only earlier rows are asked for
    sparse_forward(PV, {part, mine.to - mine.from, p.gram + mine.from * p.gram_row + c, p.gram_row},
                   p.by_column + c, p.gram_row);
}

// One visit of a panel of W: its step for the window that is done, its Z for the next.
template <class Rule>
static void update_and_forward(const Step &s, int64_t panel, const Window &done,
                               const Window &next) {
  const Layer &l = s.p.layers[0];
  const int64_t width = columns(l, panel);
  float *W = l.W + panel * l.pw, *tile = s.w.tile;
  copy_in(W, l.m, l.n, width, tile, l.pw);
  if (done.lists) {
    sparse_update(l.pv, *done.lists, l.n, tile, l.pw, l.D + panel * l.panel, l.row, Update<Rule>{});
    copy_out(tile, l.pw, l.n, width, W, l.m);
  }
  if (next.lists)
    sparse_forward(l.pv, {*next.lists, next.count, l.A + panel * l.panel, l.row}, tile, l.pw);
}

// From one window to the next.
template <class Rule>
static void change_window(const Step &s, const Window &done, const Window &next) {
  const Plan &p = s.p;
  const bool pairs = next.lists && p.window > 1;
  if (next.lists) {
    list_rows(p, *next.lists, next.rows, s.share(next.count));
    if (pairs) sort_by_column(p, next, s.share(next.count), false);
  }
  s.wait();
  if (next.lists) list_columns(*next.lists, p.n0, next.count, s.share(next.lists->marks));
  if (pairs) gram(p, next, s.share(next.count));
  const Range mine = s.panels_of(p.layers[0]);
  for (int64_t panel = mine.from; panel < mine.to; ++panel)
    update_and_forward<Rule>(s, panel, done, next);
  s.wait();
  if (pairs) sort_by_column(p, next, s.share(next.count), true);
}

// Z of this step stands in its place already; the window's earlier steps are taken off, as from W.
template <class Rule>
static void lazy_forward(const Step &s, int64_t panel, float *z) {
  static_assert(Rule::LINEAR);
  const Layer &l = s.p.layers[0];
  const int64_t past = s.batch.past;
  if (past)
    gemm(l.pv, s.batch.B, past, {s.p.gram + past * s.p.gram_row, s.p.gram_row, 1},
         {l.D + panel * l.panel, l.row}, z, l.row, Update<Rule>{});
}

}  // namespace spusk::SPUSK_ISA
