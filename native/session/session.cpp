#include "session/session.hpp"

#include <sys/mman.h>

#include <algorithm>
#include <chrono>
#include <new>

namespace spusk {

// Bytes of a first layer that stays packed; a larger one is lazy. Measured (docs/engine.md): the lazy
// layer wins for few precedents beyond the last cache; for many it only saves the memory.
constexpr int64_t RESIDENT = int64_t{64} << 20, RESIDENT_FEW = int64_t{16} << 20;
constexpr int64_t WINDOW_ROWS = 128;           // precedents in a window of the lazy first layer
constexpr double WORTH_A_THREAD = 1.5e6;    // operations of a step that a further thread earns

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_poison_memory_region(void const volatile *, std::size_t);
extern "C" void __asan_unpoison_memory_region(void const volatile *, std::size_t);
constexpr std::size_t GAP = 256;  // a fence behind every array
#else
constexpr std::size_t GAP = 0;
#endif

// Runs twice over the same requests: first to count, then to hand out.
class Arena {
 public:
  explicit Arena(char *base) : base_(base) {}
  template <class T>
  T *take(int64_t count) {
    const std::size_t at = used_;
    const std::size_t end = at + static_cast<std::size_t>(count) * sizeof(T);
    used_ = (end + GAP + 127) / 128 * 128;
#if defined(__SANITIZE_ADDRESS__)
    if (base_) __asan_poison_memory_region(base_ + (end + 7) / 8 * 8, used_ - (end + 7) / 8 * 8);
#endif
    return base_ ? reinterpret_cast<T *>(base_ + at) : nullptr;
  }
  std::size_t used() const { return used_; }

 private:
  char *base_;
  std::size_t used_ = 0;
};

Session::Session(const Order &order, const Kernels *kernels) {
  plan_.kernels = kernels;
  choose_ = order.threads <= 0;
  lay_out(order);
  team_ = std::make_unique<Team>(plan_.threads);
  plan_.team = team_.get();
  plan_.barrier = [](void *team, int thread) { static_cast<Team *>(team)->barrier(thread); };
  Arena count(nullptr);
  allot(count);
  bytes_ = count.used();
  memory_ = mmap(nullptr, bytes_, PROT_READ | PROT_WRITE,
                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory_ == MAP_FAILED) {
    memory_ = nullptr;
    throw std::bad_alloc();
  }
#ifdef MADV_HUGEPAGE
  madvise(memory_, bytes_, MADV_HUGEPAGE);
#endif
  Arena arena(static_cast<char *>(memory_));
  allot(arena);
}

Session::~Session() {
  if (!memory_) return;
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory_, bytes_);
#endif
  munmap(memory_, bytes_);
}

// Operations of a step, for the choice of threads: the first layer meets mostly zeros.
static double work_of(const Order &order) {
  double work = 0;
  for (std::size_t l = 0; l + 1 < order.sizes.size(); ++l)
    work += (l ? 6.0 : 1.5) * static_cast<double>(order.sizes[l] * order.sizes[l + 1] * order.batch);
  return work;
}

void Session::lay_out(const Order &order) {
  const int depth = static_cast<int>(order.sizes.size()) - 1, lanes = plan_.kernels->lanes;
  layers_.assign(depth, Layer{});
  int64_t at = 0, biases = 0;
  for (int l = 0; l < depth; ++l) at += order.sizes[l] * order.sizes[l + 1];
  biases = at, at = 0;
  const double work = work_of(order);
  for (int l = 0; l < depth; ++l) {
    Layer &layer = layers_[l];
    layer.n = order.sizes[l], layer.m = order.sizes[l + 1];
    layer.W = order.theta + at, layer.b = order.theta + biases;
    at += layer.n * layer.m, biases += layer.m;
    layer.act = static_cast<Activation>(order.activations[l]);
    layer.kind = l == 0 ? SPARSE : l == depth - 1 && layer.m <= NARROW_MOST ? NARROW : DENSE;
    // one thread walks a list of inputs once for a panel twice as wide
    const bool alone = l == 0 && work < WORTH_A_THREAD;
    const int64_t vectors = (layer.m + lanes - 1) / lanes;
    const int64_t most = plan_.kernels->vectors * (alone ? 2 : 1);
    const int64_t panels = (vectors + most - 1) / most;
    layer.pv = static_cast<int>((vectors + panels - 1) / panels);  // even panels share out better
    layer.pw = layer.pv * lanes;
    layer.panels = (layer.m + layer.pw - 1) / layer.pw;
    layer.blocks = std::min(layer.panels, BLOCKS);
  }
  for (int l = 1; l + 1 < depth; ++l)
    layers_[l].fused = layers_[l + 1].kind == NARROW && layers_[l].n <= 256 &&
                       layers_[l].m >= 8 * layers_[l].n;
  const int cores = std::max(1u, std::thread::hardware_concurrency());
  int64_t most_blocks = 1;
  for (const Layer &layer : layers_)
    if (layer.kind != NARROW) most_blocks = std::max(most_blocks, layer.blocks);
  const double limit = static_cast<double>(std::min<int64_t>(cores, most_blocks));
  const int pay = static_cast<int>(std::min(limit, 1 + work / WORTH_A_THREAD));
  plan_.threads = order.threads > 0 ? order.threads : pay;
  const Layer &first = layers_[0];
  const int64_t resident = order.batch <= FEW ? RESIDENT_FEW : RESIDENT;
  plan_.lazy = first.n * first.panels * first.pw * static_cast<int64_t>(sizeof(float)) >
               (order.resident < 0 ? resident : order.resident);
  plan_.window = plan_.lazy ? std::max<int64_t>(1, WINDOW_ROWS / order.batch) : 1;
  plan_.rows = plan_.window * order.batch;
  plan_.strip = order.batch <= SOME ? std::max<int64_t>(1, NEAR_ERRORS / order.batch) : 0;
  plan_.depth = depth, plan_.layers = layers_.data();
  plan_.K = order.K, plan_.batch = order.batch;
  plan_.n0 = order.sizes.front(), plan_.classes = order.sizes.back();
  plan_.error = static_cast<Error>(order.error);
  plan_.pixels = order.pixels, plan_.floats = order.floats;
  plan_.labels = order.labels, plan_.targets = order.targets;
  workers_.assign(plan_.threads, Worker{});
  plan_.workers = workers_.data();
}

void Session::allot_layer(Arena &arena, int at) {
  Layer &l = layers_[at];
  const int64_t lanes = plan_.kernels->lanes, B = at ? plan_.batch : plan_.rows;
  if (l.kind == NARROW) {
    const Layer &below = layers_[at - 1];
    l.pack = arena.take<float>(below.panels * below.pw * l.m);
    return;
  }
  l.bias = arena.take<float>(l.panels * l.pw);
  if (l.kind == SPARSE && !plan_.lazy)
    l.pack = arena.take<float>(l.n * l.panels * l.pw);
  const bool feeds_narrow = at + 1 < plan_.depth && layers_[at + 1].kind == NARROW;
  if (feeds_narrow && (at == 0 || l.fused)) {  // visited by panels; δ lives in a worker's panel
    l.row = l.pw, l.panel = B * l.pw;
    l.A = arena.take<float>(l.panels * l.panel);
    if (at == 0 && (plan_.lazy || plan_.batch <= FEW)) l.D = arena.take<float>(l.panels * l.panel);
    return;
  }
  l.row = l.panels * l.pw, l.panel = l.pw;
  if (l.row % 256 == 0) l.row += lanes;  // rows a power of two apart fight over cache places
  l.A = arena.take<float>(B * l.row);
  l.D = arena.take<float>(B * l.row);
}

void Session::allot_worker(Arena &arena, Worker &w) {
  const int64_t B = plan_.batch, lanes = plan_.kernels->lanes;
  int64_t widest = plan_.kernels->vectors * lanes, visited = 0;
  for (const Layer &l : layers_) {
    widest = std::max(widest, l.pw);
    if (l.fused) visited = std::max(visited, l.n);
  }
  int64_t rows = std::max({DEPTH * lanes, widest, visited});
  for (const Layer &l : layers_)
    if (l.kind == SPARSE && !l.pack) rows = std::max(rows, l.n);
  w.tile = arena.take<float>(rows * widest);
  w.delta = arena.take<float>(std::max<int64_t>(1, plan_.strip) * B * widest);
  if (plan_.strip) w.lanes = arena.take<float>(std::max(widest, visited) * B * lanes);
  w.answer = arena.take<float>(B * NARROW_MOST);
  w.out = arena.take<float>(B * NARROW_MOST);
  w.out_bias = arena.take<float>(NARROW_MOST);
}

void Session::allot(Arena &arena) {
  for (int at = 0; at < plan_.depth; ++at) allot_layer(arena, at);
  for (Worker &worker : workers_) allot_worker(arena, worker);
  const int64_t B = plan_.batch, n = plan_.n0, rows = plan_.rows;
  for (Lists &lists : plan_.lists) {  // room for the worst; untouched pages cost nothing
    if (plan_.K <= B && &lists != plan_.lists) {
      lists = plan_.lists[0];  // one step is all there is
      continue;
    }
    lists.marks = (n + 31) / 32;
    lists.mark = arena.take<int64_t>(rows * (lists.marks + 1));
    lists.column = arena.take<Run>(n);
    lists.by_row = arena.take<Entry>(rows * (n + SPILL));
    lists.by_column = arena.take<Entry>(rows * n + SPILL);
  }
  if (plan_.window > 1) {
    const int64_t widest = plan_.kernels->vectors * plan_.kernels->lanes;
    plan_.gram_row = (rows + widest - 1) / widest * widest;
    plan_.gram = arena.take<float>(rows * plan_.gram_row);
    plan_.spread = arena.take<float>(n * plan_.gram_row);
  }
  const Layer &last = layers_.back();
  if (last.kind != NARROW) return;
  const Layer &below = layers_[plan_.depth - 2];
  for (float *&partial : plan_.partial) partial = arena.take<float>(below.blocks * B * NARROW_MOST);
  plan_.lanes = arena.take<float>(plan_.threads * B * NARROW_MOST * plan_.kernels->lanes);
  if (below.fused)
    plan_.below = arena.take<float>(below.blocks * B * layers_[plan_.depth - 3].row);
}

Tally Session::steps(const int64_t *order, int64_t first, int64_t last, float rate) {
  const std::lock_guard<std::mutex> alone(busy_);
  plan_.order = order, plan_.first = first, plan_.last = last, plan_.rate = rate;
  plan_.cost = 0, plan_.correct = plan_.seen = 0;
  using clock = std::chrono::steady_clock;
  const auto began = clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(clock::now() - began).count(); };
  plan_.threads = neighbours_.alone() ? 1 : team_->size();
  if (plan_.threads == 1) {
    plan_.kernels->steps(plan_, 0);
    if (neighbours_.alone()) neighbours_.by_itself(seconds(), last - first);
  } else {
    team_->waited();
    team_->run([this](int thread) { plan_.kernels->steps(plan_, thread); });
    if (choose_) neighbours_.together(seconds(), last - first, team_->waited(), plan_.threads);
  }
  return {plan_.cost, plan_.correct, plan_.seen};
}

}  // namespace spusk
