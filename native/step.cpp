// The fused step. No gradient is ever stored: a tile of weights first serves Wᵀδ, then takes its
// own step while it is near.
//
// Every thread runs `steps` and owns the same blocks of neurons all the time; sums that cross
// blocks are added per block in a fixed order, so that the number of threads changes no bit.
#include "epilogue.hpp"
#include "gemm.hpp"
#include "output.hpp"
#include "plan.hpp"
#include "lazy.hpp"
#include "share.hpp"
#include "sparse.hpp"

namespace spusk::SPUSK_ISA {
namespace {

// z of one panel: blocks of rows of W are packed once and serve the whole batch
void dense_forward(const Step &s, int at, long panel, float *z) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const long width = columns(l, panel), deep = DEPTH * LANES;
  for (long k = 0; k < l.n; k += deep) {
    const long K = least(deep, l.n - k);
    Panel right = {l.W + k * l.m + panel * l.pw, l.m};
    const bool in_place = width == l.pw && (s.batch.B <= 2 * ROWS || l.n <= NEAR);
    if (!in_place) {
      copy_in(right.p, l.m, K, width, s.w.tile, l.pw);
      right = {s.w.tile, l.pw};
    }
    const Left left = {s.A(at - 1) + k, below.row, 1};
    if (k == 0) gemm<SET>(l.pv, s.batch.B, K, left, right, z, l.row, in_place);
    else gemm<ADD>(l.pv, s.batch.B, K, left, right, z, l.row, in_place);
  }
}

// Places past the last neuron must add nothing to the answers and take no step.
void clear_past(float *a, long row, long B, long width, long pw) {
  float kept[PV * LANES] = {};
  for (long j = 0; j < width; ++j) kept[j] = 1;
  for (long j = width / LANES * LANES; j < pw; j += LANES)
    for (long b = 0; b < B; ++b) {
      const vf keep = load(kept + j), x = load(a + b * row + j);
      store(a + b * row + j, keep > all(0) ? x : vf{});
    }
}

void output_errors(const Step &s, int at, long panel) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const float *a = s.A(at, panel);
  float *d = s.D(at, panel), *bias = l.bias + panel * l.pw;
  for (int v = 0; v < l.pv; ++v) {
    const long from = panel * l.pw + v * LANES;
    vf moved = vf{};
    for (long b = 0; b < s.batch.B; ++b) {
      const vf y = target(p, s.batch.rows[b], from);
      const vf e = output_error(p, load(a + b * l.row + v * LANES), y, l.act, l.m - from,
                                s.batch.scale);
      store(d + b * l.row + v * LANES, e);
      moved += e;
    }
    store(bias + v * LANES, load(bias + v * LANES) - moved);
  }
}

void forward_panel(const Step &s, int at, long panel) {
  const Layer &l = s.p.layers[at];
  float *z = s.A(at, panel);
  if (l.kind == SPARSE && s.p.lazy) {
    lazy_forward(s, panel, z);
  } else if (l.kind == SPARSE) {
    const Panel W = weights(l, panel, s.w.tile);
    sparse_forward(l.pv, *s.batch.lists, l.n, s.batch.B, W.p, W.row, z, l.row, s.w.cursor);
  } else {
    dense_forward(s, at, panel, z);
  }
  activate_tile(l.act, z, l.row, s.batch.B, l.pv, l.bias + panel * l.pw);
}

// Under a narrow output: every panel adds its share of the answers while it is near.
void forward_under_narrow(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at], &out = p.layers[at + 1];
  float *sums = p.lanes + s.thread * p.batch * NARROW_MOST * LANES;
  const Range mine = s.blocks_of(l);
  for (long block = mine.from; block < mine.to; ++block) {
    std::memset(sums, 0, s.batch.B * out.m * LANES * sizeof(float));
    const Range panels = Step::panels_of(l, block);
    for (long panel = panels.from; panel < panels.to; ++panel) {
      forward_panel(s, at, panel);
      if (columns(l, panel) < l.pw)
        clear_past(s.A(at, panel), l.row, s.batch.B, columns(l, panel), l.pw);
      narrow_forward(l.pv, s.batch.B, s.A(at, panel), l.row,
                     out.pack + panel * out.m * l.pw, out.m, sums);
    }
    narrow_sums(sums, s.batch.B, out.m,
                p.partial[s.batch.parity] + block * p.batch * NARROW_MOST);
  }
}

void forward(const Step &s) {
  const Plan &p = s.p;
  const int top = s.top();
  for (int at = 0; at <= top; ++at) {
    const Layer &l = p.layers[at];
    if (at == top && s.narrow()) {
      forward_under_narrow(s, at);
    } else {
      const Range mine = s.panels_of(l);
      for (long panel = mine.from; panel < mine.to; ++panel) {
        forward_panel(s, at, panel);
        if (at == top) output_errors(s, at, panel);
      }
    }
    s.wait();
  }
}

void sparse_step(const Step &s, long panel, const float *delta, long row) {
  if (s.p.lazy) return;  // δ stays where it is until the window ends
  const Layer &l = s.p.layers[0];
  const Panel W = weights(l, panel, s.w.tile);
  sparse_update(l.pv, s.by_row(), *s.batch.lists, l.n, s.batch.B, const_cast<float *>(W.p), W.row,
                delta, row);
  put_back(l, panel, s.w.tile);
}

// W (rows from…to of one panel) −= aᵀδ
void dense_update(const Step &s, int at, Range rows, long panel, const float *delta, long row) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const long width = columns(l, panel), count = rows.to - rows.from;
  float *W = l.W + rows.from * l.m + panel * l.pw;
  const Left left = {s.A(at - 1) + rows.from, 1, below.row};
  if (width == l.pw) {
    gemm<SUBTRACT>(l.pv, count, s.batch.B, left, {delta, row}, W, l.m);
    return;
  }
  copy_in(W, l.m, count, width, s.w.tile, l.pw);
  gemm<SUBTRACT>(l.pv, count, s.batch.B, left, {delta, row}, s.w.tile, l.pw);
  copy_out(s.w.tile, l.pw, count, width, W, l.m);
}

// A wide layer over a small one: δ below is summed block by block of the wide layer's neurons.
void fused_backward(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at], &below = p.layers[at - 1], &out = p.layers[at + 1];
  const Range mine = s.blocks_of(l);
  for (long block = mine.from; block < mine.to; ++block) {
    float *sum = p.below + block * p.batch * below.row;
    std::memset(sum, 0, s.batch.B * below.row * sizeof(float));
    const Range panels = Step::panels_of(l, block);
    for (long panel = panels.from; panel < panels.to; ++panel) {
      narrow_backward(l, s.w, s.batch.B, out.m, out.pack + panel * out.m * l.pw,
                      s.A(at, panel), s.w.delta, l.pw, l.bias + panel * l.pw);
      const long width = columns(l, panel);
      for (long i = 0; i < below.panels; ++i) {
        const long rows = columns(below, i);
        copy_transposed(l.W + i * below.pw * l.m + panel * l.pw, l.m, rows, width, s.w.tile,
                        below.pw, true);
        gemm<ADD>(below.pv, s.batch.B, width, {s.w.delta, l.pw, 1}, {s.w.tile, below.pw},
                  sum + i * below.pw, below.row);
      }
      dense_update(s, at, {0, l.n}, panel, s.w.delta, l.pw);
    }
  }
}

void fused_reduce(const Step &s, int at, long panel) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const long blocks = p.layers[at + 1].blocks;
  for (long b = 0; b < s.batch.B; ++b)
    for (long j = panel * l.pw; j < (panel + 1) * l.pw; j += LANES) {
      vf d = vf{};
      for (long k = 0; k < blocks; ++k) d += load(p.below + (k * p.batch + b) * l.row + j);
      store(s.D(at) + b * l.row + j, d);
    }
  slope_tile(l.act, s.D(at, panel), l.row, s.A(at, panel), l.row, s.batch.B, l.pv,
             l.bias + panel * l.pw);
}

// Rows of W belonging to one panel of the layer below: its δ from the old W, then W's own step.
void dense_backward(const Step &s, int at, long panel) {
  const Layer &l = s.p.layers[at], &below = s.p.layers[at - 1];
  const long first = panel * below.pw, rows = columns(below, panel), deep = DEPTH * LANES;
  float *d = s.D(at - 1, panel);
  for (long k = 0; k < l.m; k += deep) {
    const long K = least(deep, l.m - k);
    copy_transposed(l.W + first * l.m + k, l.m, rows, K, s.w.tile, below.pw);
    const Left left = {s.D(at) + k, l.row, 1};
    if (k == 0) gemm<SET>(below.pv, s.batch.B, K, left, {s.w.tile, below.pw}, d, below.row);
    else gemm<ADD>(below.pv, s.batch.B, K, left, {s.w.tile, below.pw}, d, below.row);
  }
  slope_tile(below.act, d, below.row, s.A(at - 1, panel), below.row, s.batch.B,
             below.pv, below.bias + first);
  for (long j = 0; j < l.panels; ++j)
    dense_update(s, at, {first, first + rows}, j, s.D(at, j), l.row);
}

void under_narrow_backward(const Step &s, int at) {
  const Layer &l = s.p.layers[at], &out = s.p.layers[at + 1];
  const Range mine = s.panels_of(l);
  for (long panel = mine.from; panel < mine.to; ++panel) {
    float *delta = l.D ? s.D(at, panel) : s.w.delta;
    const long row = l.D ? l.row : l.pw;
    narrow_backward(l, s.w, s.batch.B, out.m, out.pack + panel * out.m * l.pw,
                    s.A(at, panel), delta, row, l.bias + panel * l.pw);
    if (!at) sparse_step(s, panel, delta, row);
  }
}

// The layer whose D is complete for this thread's own panels (true) or for all (after a wait).
void backward(const Step &s) {
  Plan &p = s.p;
  int at = s.top();
  if (s.narrow()) {
    narrow_errors(p, s.batch, s.w, p.layers[at].blocks);
    if (s.thread == 0) judge(p, s.batch, s.w.answer, NARROW_MOST, 0, NARROW_MOST);
    if (!p.layers[at].fused) {
      under_narrow_backward(s, at);
      if (!at) return;  // the only wait of a two-layer step was the one before the answers
    } else {
      fused_backward(s, at);
      s.wait();
      const Range mine = s.panels_of(p.layers[--at]);
      for (long panel = mine.from; panel < mine.to; ++panel) fused_reduce(s, at, panel);
    }
    if (at) s.wait();
  } else if (s.thread == 0) {
    const Layer &l = p.layers[at];
    judge(p, s.batch, s.A(at), l.row, l.panel, l.pw);
  }
  for (; at >= 1; --at) {
    const Range mine = s.panels_of(p.layers[at - 1]);
    for (long panel = mine.from; panel < mine.to; ++panel) dense_backward(s, at, panel);
    if (at > 1) s.wait();
  }
  const Range mine = s.panels_of(p.layers[0]);
  for (long panel = mine.from; panel < mine.to; ++panel)
    sparse_step(s, panel, s.D(0, panel), p.layers[0].row);
  s.wait();
}

// Resident copies and padded biases come in before the first step and go back after the last.
void fetch(const Step &s, bool back) {
  for (int at = 0; at < s.p.depth; ++at) {
    const Layer &l = s.p.layers[at];
    const Layer &owner = l.kind == NARROW ? s.p.layers[at - 1] : l;
    const Range mine = s.panels_of(owner);
    for (long panel = mine.from; panel < mine.to; ++panel) {
      if (l.kind == NARROW) {
        const long from = panel * owner.pw, rows = columns(owner, panel);
        float *pack = l.pack + panel * l.m * owner.pw, *W = l.W + from * l.m;
        if (!back) copy_transposed(W, l.m, rows, l.m, pack, owner.pw);
        else
          for (long o = 0; o < l.m; ++o)
            for (long i = 0; i < rows; ++i) W[i * l.m + o] = pack[o * owner.pw + i];
        continue;
      }
      const long from = panel * l.pw, width = columns(l, panel);
      if (!back) copy_in(l.b + from, 0, 1, width, l.bias + from, l.pw);
      else copy_out(l.bias + from, 0, 1, width, l.b + from, 0);
      if (!l.pack) continue;
      float *pack = l.pack + panel * l.n * l.pw;
      if (!back) copy_in(l.W + from, l.m, l.n, width, pack, l.pw);
      else copy_out(pack, l.pw, l.n, width, l.W + from, l.m);
    }
    if (l.kind != NARROW) continue;
    if (!back) copy_in(l.b, 0, 1, l.m, s.w.out_bias, NARROW_MOST);
    else if (s.thread == 0) copy_out(s.w.out_bias, 0, 1, l.m, l.b, 0);
  }
}

// Numbers too small to matter cost a hundred times more than others: they count as zero here.
struct FlushToZero {
#if defined(__x86_64__)
  unsigned before = _mm_getcsr();
  FlushToZero() { _mm_setcsr(before | 0x8040); }
  ~FlushToZero() { _mm_setcsr(before); }
#elif defined(__aarch64__)
  uint64_t before;
  FlushToZero() {
    asm volatile("mrs %0, fpcr" : "=r"(before));
    asm volatile("msr fpcr, %0" ::"r"(before | (1ull << 24)));
  }
  ~FlushToZero() { asm volatile("msr fpcr, %0" ::"r"(before)); }
#endif
};

struct Inputs {  // the lists of one step, and who makes which part of them
  Plan &p;
  int64_t step;
  long B() const { return least(p.batch, p.K - step * p.batch); }
  const int64_t *rows() const { return p.order + step * p.batch; }
  Lists &lists() const { return p.lists[step % 3]; }
  bool real() const { return step < p.last; }
};

void take(Step &s, int64_t i, const Lists *lists, long past) {
  const Inputs now{s.p, i};
  s.batch = {lists, now.rows(), now.B(), i & 1, past, s.p.rate / static_cast<float>(now.B())};
  forward(s);
  backward(s);
}

void eager_steps(Step &s) {
  Plan &p = s.p;
  if (const Inputs now{p, p.first}; now.real())
    list_rows(p, now.lists(), now.rows(), s.share(now.B()));
  s.wait();
  for (long i = p.first; i < p.last; ++i) {
    const Inputs now{p, i}, next{p, i + 1}, later{p, i + 2};
    // Before the first wait of a step no thread still reads the lists of the step before last.
    if (later.real()) list_ahead(p, later.rows(), s.share(later.B()));
    if (!s.by_row()) list_columns(now.lists(), now.B(), s.share(p.n0));
    if (next.real()) list_rows(p, next.lists(), next.rows(), s.share(next.B()));
    take(s, i, &now.lists(), 0);
  }
}

// Windows sit at fixed steps of the epoch, so that a run cut in chunks of them stays the same.
void lazy_steps(Step &s) {
  const Plan &p = s.p;
  Window done{};
  for (long i = p.first; i < p.last;) {
    const long end = least(p.last, (i / p.window + 1) * p.window);
    const Window now = window_of(p, i, end);
    turn(s, done, now);
    for (const long first = i; i < end; ++i) take(s, i, now.lists, (i - first) * p.batch);
    done = now;
  }
  turn(s, done, {});
}

void steps(Plan &p, int thread) {
  FlushToZero here;
  Step s{p, p.workers[thread], thread, {}};
  fetch(s, false);
  if (p.lazy) lazy_steps(s);
  else eager_steps(s);
  fetch(s, true);
}

}  // namespace

extern const Kernels kernels;
const Kernels kernels = {SPUSK_ISA_NAME, LANES, PV, steps};

}  // namespace spusk::SPUSK_ISA
