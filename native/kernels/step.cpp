// The fused step. No gradient is ever stored: a tile of weights first serves Wᵀδ, then takes its
// own step while it is near.
//
// Every thread runs `steps` and owns the same blocks of neurons all the time; sums that cross
// blocks are added per block as a fixed tree, so that the number of threads changes no bit.
#include "kernels/backward.hpp"
#include "kernels/forward.hpp"
#include "kernels/lazy.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {
namespace {

// Copies W of a narrow output between θ and the pack, or b and its states to and from each worker
void copy_narrow(const Step &s, int at, bool back) {
  const Layer &l = s.p.layers[at], &owner = s.p.layers[at - 1];
  const Range mine = s.panels_of(owner);
  for (int64_t panel = mine.from; panel < mine.to; ++panel) {
    const int64_t from = panel * owner.pw, rows = columns(owner, panel);
    float *pack = l.pack + panel * l.m * owner.pw, *W = l.W + from * l.m;
    if (!back) copy_transposed(W, l.m, rows, l.m, pack, owner.pw);
    else
      for (int64_t o = 0; o < l.m; ++o)
        for (int64_t i = 0; i < rows; ++i) W[i * l.m + o] = pack[o * owner.pw + i];
  }
  const std::size_t states = s.p.update->states * NARROW_MOST * sizeof(float);
  if (!back) {
    copy_in(l.b, 0, 1, l.m, s.w.output_bias, NARROW_MOST);
    if (states) std::memcpy(s.w.output_states, l.b_states, states);
  } else if (s.thread == 0) {
    copy_out(s.w.output_bias, 0, 1, l.m, l.b, 0);
    if (states) std::memcpy(l.b_states, s.w.output_states, states);
  }
}

// The same of another layer, whose W is packed or is not
void copy_panels(const Step &s, int at, bool back) {
  const Layer &l = s.p.layers[at];
  const Range mine = s.panels_of(l);
  for (int64_t panel = mine.from; panel < mine.to; ++panel) {
    const int64_t from = panel * l.pw, width = columns(l, panel);
    if (!back) copy_in(l.b + from, 0, 1, width, l.bias + from, l.pw);
    else copy_out(l.bias + from, 0, 1, width, l.b + from, 0);
    if (!l.pack) continue;
    float *pack = l.pack + panel * l.n * l.pw;
    if (!back) copy_in(l.W + from, l.m, l.n, width, pack, l.pw);
    else copy_out(pack, l.pw, l.n, width, l.W + from, l.m);
  }
}

// Resident copies and padded biases come in before the first step and go back after the last.
void copy_resident(const Step &s, bool back) {
  for (int at = 0; at < s.p.depth; ++at)
    if (s.p.layers[at].kind == NARROW) copy_narrow(s, at, back);
    else copy_panels(s, at, back);
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
  int64_t B() const { return least(p.batch, p.K - step * p.batch); }
  const int64_t *rows() const { return p.order + step * p.batch; }
  Lists &lists() const { return p.lists[step % 3]; }
  bool real() const { return step < p.last; }
};

template <class Rule>
void one_step(Step &s, int64_t i, const Lists *lists, int64_t past) {
  const bool owes = i > s.p.first;
  const Inputs now{s.p, i}, before{s.p, owes ? i - 1 : i};
  const float eta = s.p.rates[i - s.p.first];
  s.batch = {.lists = lists,
             .rows = now.rows(),
             .B = now.B(),
             .parity = i & 1,
             .past = past,
             .scale = (Rule::LINEAR ? eta : 1.0f) / static_cast<float>(now.B()),
             .due = &before.lists(),
             .due_B = owes ? before.B() : 0,
             .rate = rate_of<Rule>(eta, s.p.parameters, s.p.taken + i - s.p.first)};
  forward<Rule>(s);
  backward<Rule>(s);
}

// The first layer takes the step that its next visit would have brought.
template <class Rule>
void take_due_step(Step &s) {
  if (!s.p.row_by_row || s.p.first == s.p.last) return;
  const Inputs last{s.p, s.p.last - 1};
  s.batch.due = &last.lists(), s.batch.due_B = last.B();
  const Range mine = s.panels_of(s.p.layers[0]);
  for (int64_t panel = mine.from; panel < mine.to; ++panel)
    sparse_panel<Rule>(s, panel, s.batch.due, 0);
}

template <class Rule>
void eager_steps(Step &s) {
  Plan &p = s.p;
  if (const Inputs now{p, p.first}; now.real())
    list_rows(p, now.lists(), now.rows(), s.share(now.B()));
  s.wait();
  for (int64_t i = p.first; i < p.last; ++i) {
    const Inputs now{p, i}, next{p, i + 1}, later{p, i + 2};
    // Before the first wait of a step no thread still reads the lists of the step before last.
    if (later.real()) list_ahead(p, later.rows(), s.share(later.B()));
    if (!p.row_by_row) list_columns(now.lists(), p.n0, now.B(), s.share(now.lists().marks));
    if (next.real()) list_rows(p, next.lists(), next.rows(), s.share(next.B()));
    one_step<Rule>(s, i, &now.lists(), 0);
  }
  if constexpr (Rule::LINEAR) take_due_step<Rule>(s);
}

// Windows sit at fixed steps of the epoch, so that a run cut in chunks of them stays the same.
template <class Rule>
void lazy_steps(Step &s) {
  const Plan &p = s.p;
  Window done{};
  for (int64_t i = p.first; i < p.last;) {
    const int64_t end = least(p.last, (i / p.window + 1) * p.window);
    const Window now = window_of(p, i, end);
    change_window<Rule>(s, done, now);
    for (const int64_t first = i; i < end; ++i)
      one_step<Rule>(s, i, now.lists, (i - first) * p.batch);
    done = now;
  }
  change_window<Rule>(s, done, {});
}

template <class Rule>
void steps(Plan &p, int thread) {
  FlushToZero here;
  Step s{p, p.workers[thread], thread, {}};
  copy_resident(s, false);
  if constexpr (Rule::LINEAR)
    if (p.lazy) {
      lazy_steps<Rule>(s);
      return copy_resident(s, true);
    }
  eager_steps<Rule>(s);
  copy_resident(s, true);
}

constexpr auto activations = Activations::table<ActivationInfo>([](auto each) {
  return ActivationInfo{each.NAME, each.NEEDS_Z, COUPLED<decltype(each)>};
});
constexpr auto losses = Losses::table<LossInfo>([](auto each) { return LossInfo{each.NAME}; });
constexpr auto updates = Updates::table<UpdateInfo>([](auto each) {
  using Rule = decltype(each);
  static_assert(Rule::PARAMETERS.size() <= MOST_PARAMETERS);
  return UpdateInfo{
      Rule::NAME, Rule::PARAMETERS.data(), Rule::PARAMETERS.size(), Rule::STATES, Rule::LINEAR,
      steps<Rule>};
});

}  // namespace

extern const Kernels kernels;
const Kernels kernels = {
    .isa = SPUSK_ISA_NAME,
    .compiled = SPUSK_COMPILED,
    .lanes = LANES,
    .vectors = PV,
    .activations = activations.data(),
    .losses = losses.data(),
    .updates = updates.data(),
    .activation_count = Activations::COUNT,
    .loss_count = Losses::COUNT,
    .update_count = Updates::COUNT,
};

}  // namespace spusk::SPUSK_ISA
