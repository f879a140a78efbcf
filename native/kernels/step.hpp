// One step of one thread: its batch, who owns what in it, and where it lies.
#pragma once
#include "kernels/update.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

struct Batch {
  const Lists *lists;
  const int64_t *rows;  // which examples
  int64_t B, parity;
  int64_t past;      // lazy: rows of the window before this step's
  float scale;       // what δ carries: η/B where the update is linear, else 1/B
  const Lists *due;  // of the batch before, whose step the first layer still has to take
  int64_t due_B;
  Rate rate;
};

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
  // a⁽ˡ⁾, z⁽ˡ⁾ and δ⁽ˡ⁾ of this step: the first layer may hold a whole window of them
  float *A(int at, int64_t panel = 0) const { return place(at, p.layers[at].A, panel); }
  float *D(int at, int64_t panel = 0) const { return place(at, p.layers[at].D, panel); }
  float *Z(int at, int64_t panel = 0) const {
    return p.layers[at].Z ? place(at, p.layers[at].Z, panel) : nullptr;
  }
  float *place(int at, float *from, int64_t panel) const {
    const Layer &l = p.layers[at];
    return from + panel * l.panel + (at ? 0 : batch.past * l.row);
  }
  void wait() const {
    if (p.threads > 1) p.barrier(p.team, thread);
  }
  Range share(int64_t count) const {
    return {thread * count / p.threads, (thread + 1) * count / p.threads};
  }
  bool narrow() const { return p.layers[p.depth - 1].kind == NARROW; }
  // the last layer whose activations are computed panel by panel
  int top() const { return p.depth - 1 - narrow(); }
};

// How a layer's W and b take their steps
template <class Rule>
static Update<Rule> W_update(const Step &s, const Layer &l) {
  if constexpr (Rule::LINEAR) return {};
  else return {states_of(l.pack ? l.pack : l.W, l.W_states, l.W_count, &s.batch.rate)};
}

template <class Rule>
static Update<Rule> b_update(const Step &s, const Layer &l) {
  if constexpr (Rule::LINEAR) return {};
  else return {states_of(l.bias, l.b_states, l.b_count, &s.batch.rate)};
}

static int64_t columns(const Layer &l, int64_t panel) { return least(l.pw, l.m - panel * l.pw); }

struct Edge {  // vectors in a panel, floats in the last of them
  int vectors;
  int64_t last;
};

static Edge edge_of(int64_t width) {
  const int64_t vectors = (width + LANES - 1) / LANES;
  return {static_cast<int>(vectors), width - (vectors - 1) * LANES};
}

}  // namespace spusk::SPUSK_ISA
