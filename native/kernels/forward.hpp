// From the inputs to the outputs: z = aW + b and a = σ(z), layer by layer, panel by panel.
#pragma once
#include "kernels/gemm.hpp"
#include "kernels/lazy.hpp"
#include "kernels/narrow.hpp"
#include "kernels/sparse.hpp"
#include "kernels/step.hpp"

namespace spusk::SPUSK_ISA {

// z of a panel whose last vector holds fewer neurons, where W lies: few examples pay no copy
static void ragged_forward(const Step &s, int at, int64_t panel, float *z) {
  const Layer &l = s.p.layers[at];
  const Edge edge = edge_of(columns(l, panel));
  ragged_gemm(edge.vectors, edge.last, s.batch.B, l.n, {s.A(at - 1), s.p.layers[at - 1].row, 1},
              {l.W + panel * l.pw, l.m}, z, l.row, Set{});
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
    const bool in_place = whole && (few || l.n <= NEAR_ROWS);
    if (!in_place) {
      copy_in(right.p, l.m, K, width, s.w.tile, l.pw);
      right = {s.w.tile, l.pw};
    }
    const Left left = {s.A(at - 1) + k, below.row, 1};
    const Upcoming upcoming = {in_place, z + l.panel, z + (l.fused && k == 0 ? 2 : 1) * l.panel};
    if (k == 0) gemm(l.pv, s.batch.B, K, left, right, z, l.row, Set{}, upcoming);
    else gemm(l.pv, s.batch.B, K, left, right, z, l.row, Add{}, upcoming);
  }
}

// Places past the last neuron must add nothing to the outputs and take no step.
static void clear_past(float *a, int64_t row, int64_t B, int64_t width, int64_t pw) {
  float kept[WIDEST * LANES] = {};
  for (int64_t j = 0; j < width; ++j) kept[j] = 1;
  for (int64_t j = width / LANES * LANES; j < pw; j += LANES)
    for (int64_t b = 0; b < B; ++b) {
      const vf keep = load(kept + j), x = load(a + b * row + j);
      store(a + b * row + j, keep > all(0) ? x : vf{});
    }
}

// Weighted inputs of B examples, after the step that is still due where that comes with them.
template <class Rule>
static void sparse_panel(const Step &s, int64_t panel, const Lists *lists, int64_t B) {
  const Layer &l = s.p.layers[0];
  float *W = l.pack + panel * l.n * l.pw;
  const Part next = {*lists, B, s.A(0, panel), l.row};
  if constexpr (Rule::LINEAR)
    if (s.p.row_by_row) {
      const Part due = {*s.batch.due, s.batch.due_B, s.D(0, panel), l.row};
      return sparse_update_and_forward(l.pv, due, next, W, l.pw, Update<Rule>{});
    }
  sparse_forward(l.pv, next, W, l.pw);
}

template <class Rule>
static void first_forward(const Step &s, int64_t panel, float *z) {
  if constexpr (Rule::LINEAR)
    if (s.p.lazy) return lazy_forward<Rule>(s, panel, z);
  sparse_panel<Rule>(s, panel, s.batch.lists, s.batch.B);
}

template <class Rule>
static void forward_panel(const Step &s, int at, int64_t panel) {
  const Layer &l = s.p.layers[at];
  float *z = s.A(at, panel);
  if (l.kind == SPARSE) first_forward<Rule>(s, panel, z);
  else dense_forward(s, at, panel, z);
  activate_tile(l.activation, z, s.Z(at, panel), l.row, s.batch.B, l.pv, l.bias + panel * l.pw);
}

// Under a narrow output: every panel adds its share of the outputs while it is near.
template <class Rule>
static void forward_under_narrow(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at], &out = p.layers[at + 1];
  float *sums = p.lanes + s.thread * p.batch * NARROW_MOST * LANES;
  const Range mine = s.blocks_of(l);
  for (int64_t block = mine.from; block < mine.to; ++block) {
    std::memset(sums, 0, s.batch.B * out.m * LANES * sizeof(float));
    const Range panels = Step::panels_of(l, block);
    for (int64_t panel = panels.from; panel < panels.to; ++panel) {
      forward_panel<Rule>(s, at, panel);
      if (columns(l, panel) < l.pw)
        clear_past(s.A(at, panel), l.row, s.batch.B, columns(l, panel), l.pw);
      narrow_forward(l.pv, s.batch.B, s.A(at, panel), l.row, out.pack + panel * out.m * l.pw, out.m,
                     sums);
    }
    float *partial = p.partial[s.batch.parity] + block * p.batch * NARROW_MOST;
    for (int64_t b = 0; b < s.batch.B; ++b)
      sum_lanes(sums + b * out.m * LANES, out.m, LANES, partial + b * NARROW_MOST, NARROW_MOST);
  }
}

template <class Rule>
static void forward(const Step &s) {
  const Plan &p = s.p;
  const int top = s.top();
  for (int at = 0; at <= top; ++at) {
    const Layer &l = p.layers[at];
    if (at == top && s.narrow()) {
      forward_under_narrow<Rule>(s, at);
    } else {
      const Range mine = s.panels_of(l);
      for (int64_t panel = mine.from; panel < mine.to; ++panel) {
        forward_panel<Rule>(s, at, panel);
        if (at == top) output_errors<Rule>(s, at, panel);
      }
    }
    s.wait();
  }
  if (!s.narrow() && p.kernels->activations[p.layers[top].activation].coupled)
    softmax_outputs<Rule>(s, top);
}

}  // namespace spusk::SPUSK_ISA
