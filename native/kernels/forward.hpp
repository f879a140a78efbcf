// From the inputs to the answers: z = aW + b and a = σ(z), layer by layer, panel by panel.
#pragma once
#include "kernels/gemm.hpp"
#include "kernels/lazy.hpp"
#include "kernels/output.hpp"
#include "kernels/share.hpp"
#include "kernels/sparse.hpp"
#include "ops/activations.hpp"

namespace spusk::SPUSK_ISA {

// z of a panel whose last vector holds fewer neurons, where W lies: few precedents pay no copy
static void ragged_forward(const Step &s, int at, int64_t panel, float *z) {
  const Layer &l = s.p.layers[at];
  const Edge edge = edge_of(columns(l, panel));
  ragged_gemm<SET>(edge.vectors, edge.last, s.batch.B, l.n, {s.A(at - 1), s.p.layers[at - 1].row, 1},
                   {l.W + panel * l.pw, l.m}, z, l.row);
}

// z of one panel: blocks of rows of W are packed once and serve the whole batch
static void dense_forward(const Step &s, int at, int64_t panel, float *z) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const int64_t width = columns(l, panel), deep = DEPTH * LANES;
  const bool whole = width == l.pw, few = s.batch.B <= 2 * ROWS;
  if (few && !whole) return ragged_forward(s, at, panel, z);
  for (int64_t k = 0; k < l.n; k += deep) {
    const int64_t K = least(deep, l.n - k);
    Panel right = {l.W + k * l.m + panel * l.pw, l.m};
    const bool in_place = whole && (few || l.n <= NEAR);
    if (!in_place) {
      copy_in(right.p, l.m, K, width, s.w.tile, l.pw);
      right = {s.w.tile, l.pw};
    }
    const Left left = {s.A(at - 1) + k, below.row, 1};
    const Coming coming = {in_place, z + l.panel, z + (l.fused && k == 0 ? 2 : 1) * l.panel};
    if (k == 0) gemm<SET>(l.pv, s.batch.B, K, left, right, z, l.row, coming);
    else gemm<ADD>(l.pv, s.batch.B, K, left, right, z, l.row, coming);
  }
}

// Places past the last neuron must add nothing to the answers and take no step.
static void clear_past(float *a, int64_t row, int64_t B, int64_t width, int64_t pw) {
  float kept[WIDEST * LANES] = {};
  for (int64_t j = 0; j < width; ++j) kept[j] = 1;
  for (int64_t j = width / LANES * LANES; j < pw; j += LANES)
    for (int64_t b = 0; b < B; ++b) {
      const vf keep = load(kept + j), x = load(a + b * row + j);
      store(a + b * row + j, keep > all(0) ? x : vf{});
    }
}

static void output_errors(const Step &s, int at, int64_t panel) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const float *a = s.A(at, panel);
  float *d = s.D(at, panel), *bias = l.bias + panel * l.pw;
  for (int v = 0; v < l.pv; ++v) {
    const int64_t from = panel * l.pw + v * LANES;
    vf moved = vf{};
    for (int64_t b = 0; b < s.batch.B; ++b) {
      const vf y = target(p, s.batch.rows[b], from);
      const vf e = output_error(p, load(a + b * l.row + v * LANES), y, l.act, l.m - from,
                                s.batch.scale);
      store(d + b * l.row + v * LANES, e);
      moved += e;
    }
    store(bias + v * LANES, load(bias + v * LANES) - moved);
  }
}

// Weighted inputs of B precedents, after the step that is still due where that comes with them.
static void sparse_panel(const Step &s, int64_t panel, const Lists *lists, int64_t B) {
  const Layer &l = s.p.layers[0];
  float *W = l.pack + panel * l.n * l.pw;
  const Part next = {*lists, B, s.A(0, panel), l.row};
  if (!s.by_row()) return sparse_forward(l.pv, next, W, l.pw);
  const Part due = {*s.batch.due, s.batch.due_B, s.D(0, panel), l.row};
  sparse_visit(l.pv, due, next, W, l.pw);
}

static void forward_panel(const Step &s, int at, int64_t panel) {
  const Layer &l = s.p.layers[at];
  float *z = s.A(at, panel);
  if (l.kind == SPARSE && s.p.lazy) {
    lazy_forward(s, panel, z);
  } else if (l.kind == SPARSE) {
    sparse_panel(s, panel, s.batch.lists, s.batch.B);
  } else {
    dense_forward(s, at, panel, z);
  }
  activate_tile(l.act, z, l.row, s.batch.B, l.pv, l.bias + panel * l.pw);
}

// Under a narrow output: every panel adds its share of the answers while it is near.
static void forward_under_narrow(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at], &out = p.layers[at + 1];
  float *sums = p.lanes + s.thread * p.batch * NARROW_MOST * LANES;
  const Range mine = s.blocks_of(l);
  for (int64_t block = mine.from; block < mine.to; ++block) {
    std::memset(sums, 0, s.batch.B * out.m * LANES * sizeof(float));
    const Range panels = Step::panels_of(l, block);
    for (int64_t panel = panels.from; panel < panels.to; ++panel) {
      forward_panel(s, at, panel);
      if (columns(l, panel) < l.pw)
        clear_past(s.A(at, panel), l.row, s.batch.B, columns(l, panel), l.pw);
      narrow_forward(l.pv, s.batch.B, s.A(at, panel), l.row,
                     out.pack + panel * out.m * l.pw, out.m, sums);
    }
    float *partial = p.partial[s.batch.parity] + block * p.batch * NARROW_MOST;
    for (int64_t b = 0; b < s.batch.B; ++b)
      sum_lanes(sums + b * out.m * LANES, out.m, LANES, partial + b * NARROW_MOST, NARROW_MOST);
  }
}

static void forward(const Step &s) {
  const Plan &p = s.p;
  const int top = s.top();
  for (int at = 0; at <= top; ++at) {
    const Layer &l = p.layers[at];
    if (at == top && s.narrow()) {
      forward_under_narrow(s, at);
    } else {
      const Range mine = s.panels_of(l);
      for (int64_t panel = mine.from; panel < mine.to; ++panel) {
        forward_panel(s, at, panel);
        if (at == top) output_errors(s, at, panel);
      }
    }
    s.wait();
  }
}

}  // namespace spusk::SPUSK_ISA
