// Who owns what in a step, and where it lies.
#pragma once
#include "kernels/output.hpp"
#include "kernels/sparse.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

using Range = Run;

struct Step {
  Plan &p;
  Worker &w;
  int thread;
  Batch batch;

  Range blocks_of(const Layer &l) const {
    return {thread * l.blocks / p.threads, (thread + 1) * l.blocks / p.threads};
  }
  static Range panels_of(const Layer &l, int64_t block) {
    return {block * l.panels / l.blocks, (block + 1) * l.panels / l.blocks};
  }
  Range panels_of(const Layer &l) const {
    const Range b = blocks_of(l);
    return {b.from * l.panels / l.blocks, b.to * l.panels / l.blocks};
  }
  // a⁽ˡ⁾ and δ⁽ˡ⁾ of this step: the first layer may hold a whole window of them
  float *A(int at, int64_t panel = 0) const { return place(at, p.layers[at].A, panel); }
  float *D(int at, int64_t panel = 0) const { return place(at, p.layers[at].D, panel); }
  float *place(int at, float *from, int64_t panel) const {
    const Layer &l = p.layers[at];
    return from + panel * l.panel + (at ? 0 : batch.past * l.row);
  }
  void wait() const {
    if (p.threads > 1) p.barrier(p.team, thread);
  }
  bool by_row() const { return p.batch <= FEW; }
  Range share(int64_t count) const {
    return {thread * count / p.threads, (thread + 1) * count / p.threads};
  }
  bool narrow() const { return p.layers[p.depth - 1].kind == NARROW; }
  // the last layer whose activations are computed panel by panel
  int top() const { return p.depth - 1 - narrow(); }
};

static int64_t columns(const Layer &l, int64_t panel) { return least(l.pw, l.m - panel * l.pw); }

struct Edge {        // vectors in a panel, floats in the last of them
  int vectors;
  int64_t last;
};

static Edge edge_of(int64_t width) {
  const int64_t vectors = (width + LANES - 1) / LANES;
  return {static_cast<int>(vectors), width - (vectors - 1) * LANES};
}

}  // namespace spusk::SPUSK_ISA
