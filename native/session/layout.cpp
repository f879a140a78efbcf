// Shapes and paths of a session, and where its arrays lie.
#include <algorithm>
#include <thread>

#include "session/arena.hpp"
#include "session/session.hpp"

namespace spusk {

// Bytes of a first layer that stays packed; a larger one is lazy. Measured (docs/engine.md): the
// lazy layer wins for few examples beyond the last cache; for many it only saves the memory.
constexpr int64_t RESIDENT = int64_t{64} << 20, RESIDENT_FEW = int64_t{16} << 20;
constexpr int64_t WINDOW_ROWS = 128;      // examples in a window of the lazy first layer
constexpr double WORTH_A_THREAD = 1.5e6;  // operations of a step that a further thread earns

// Operations of a step, for the choice of threads: the first layer meets mostly zeros.
static double work_of(const Request &request) {
  double work = 0;
  for (std::size_t l = 0; l + 1 < request.sizes.size(); ++l)
    work += (l ? 6.0 : 1.5) *
            static_cast<double>(request.sizes[l] * request.sizes[l + 1] * request.batch);
  return work;
}

// Kind, panels and blocks of a layer
void Session::lay_out_layer(const Request &request, int at, double work) {
  const int lanes = plan_.kernels->lanes;
  Layer &layer = layers_[at];
  layer.activation = request.activations[at];
  layer.kind = at == 0 ? SPARSE : at == plan_.depth - 1 && layer.m <= NARROW_MOST ? NARROW : DENSE;
  // one thread walks a list of inputs once for a panel twice as wide
  const bool alone = at == 0 && work < WORTH_A_THREAD;
  const int64_t vectors = (layer.m + lanes - 1) / lanes;
  const int64_t most = plan_.kernels->vectors * (alone ? 2 : 1);
  const int64_t panels = (vectors + most - 1) / most;
  layer.pv = static_cast<int>((vectors + panels - 1) / panels);  // even panels share out better
  layer.pw = layer.pv * lanes;
  layer.panels = (layer.m + layer.pw - 1) / layer.pw;
  layer.blocks = std::min(layer.panels, BLOCKS);
}

// Which way the steps go, and how many threads
void Session::choose_paths(const Request &request, double work) {
  for (int l = 1; l + 1 < plan_.depth; ++l)
    layers_[l].fused =
        layers_[l + 1].kind == NARROW && layers_[l].n <= 256 && layers_[l].m >= 8 * layers_[l].n;
  const int cores = std::max(1u, std::thread::hardware_concurrency());
  int64_t most_blocks = 1;
  for (const Layer &layer : layers_)
    if (layer.kind != NARROW) most_blocks = std::max(most_blocks, layer.blocks);
  const double limit = static_cast<double>(std::min<int64_t>(cores, most_blocks));
  const int pay = static_cast<int>(std::min(limit, 1 + work / WORTH_A_THREAD));
  plan_.threads = request.threads > 0 ? request.threads : pay;
  const Layer &first = layers_[0];
  const int64_t resident = request.batch <= ROW_BY_ROW ? RESIDENT_FEW : RESIDENT;
  plan_.lazy = plan_.update->linear &&
               first.n * first.panels * first.pw * static_cast<int64_t>(sizeof(float)) >
                   (request.resident < 0 ? resident : request.resident);
  plan_.window = plan_.lazy ? std::max<int64_t>(1, WINDOW_ROWS / request.batch) : 1;
  plan_.rows = plan_.window * request.batch;
  plan_.row_by_row = plan_.update->linear && request.batch <= ROW_BY_ROW;
  plan_.strip =
      request.batch <= SMALL_BATCH ? std::max<int64_t>(1, STRIP_ERRORS / request.batch) : 0;
}

void Session::lay_out(const Request &request) {
  plan_.depth = static_cast<int>(request.sizes.size()) - 1;
  plan_.update = plan_.kernels->updates + request.update;
  std::copy(request.parameters.begin(), request.parameters.end(), plan_.parameters);
  plan_.K = request.K, plan_.batch = request.batch;
  plan_.n0 = request.sizes.front(), plan_.classes = request.sizes.back();
  plan_.loss = request.loss;
  plan_.pixels = request.pixels, plan_.floats = request.floats;
  plan_.labels = request.labels, plan_.targets = request.targets;
  plan_.weights = request.weights;
  layers_.assign(plan_.depth, Layer{});
  plan_.layers = layers_.data();
  float *at = request.theta;
  for (int l = 0; l < plan_.depth; ++l) {
    layers_[l].n = request.sizes[l], layers_[l].m = request.sizes[l + 1];
    layers_[l].W = at, at += layers_[l].n * layers_[l].m;
  }
  for (Layer &layer : layers_) layer.b = at, at += layer.m;
  const double work = work_of(request);
  for (int l = 0; l < plan_.depth; ++l) lay_out_layer(request, l, work);
  choose_paths(request, work);
  workers_.assign(plan_.threads, Worker{});
  plan_.workers = workers_.data();
}

void Session::allot_weights(Arena &arena, int at) {
  Layer &l = layers_[at];
  const bool narrow = l.kind == NARROW;
  const int64_t width = narrow ? l.m : l.panels * l.pw, states = plan_.update->states;
  const int64_t rows = narrow ? layers_[at - 1].panels * layers_[at - 1].pw : l.n;
  const bool packed = narrow || (l.kind == SPARSE && !plan_.lazy);
  l.W_count = packed ? rows * width : l.n * l.m;
  l.b_count = narrow ? NARROW_MOST : width;
  if (!narrow) l.bias = arena.take<float>(l.b_count);
  if (packed) l.pack = arena.take<float>(l.W_count);
  if (!states) return;
  l.W_states = arena.take<float>(states * l.W_count);
  l.b_states = arena.take<float>(states * l.b_count);
}

void Session::allot_layer(Arena &arena, int at) {
  allot_weights(arena, at);
  Layer &l = layers_[at];
  if (l.kind == NARROW) return;
  const int64_t lanes = plan_.kernels->lanes, B = at ? plan_.batch : plan_.rows;
  const bool needs_z = plan_.kernels->activations[l.activation].needs_z;
  const bool feeds_narrow = at + 1 < plan_.depth && layers_[at + 1].kind == NARROW;
  bool errors = true;
  int64_t count = 0;
  if (feeds_narrow && (at == 0 || l.fused)) {  // visited by panels; δ lives in a worker's panel
    l.row = l.pw, l.panel = B * l.pw;
    count = l.panels * l.panel;
    errors = at == 0 && (plan_.lazy || plan_.row_by_row);
  } else {
    l.row = l.panels * l.pw, l.panel = l.pw;
    if (l.row % 256 == 0) l.row += lanes;  // rows a power of two apart fight over cache places
    count = B * l.row;
  }
  l.A = arena.take<float>(count);
  if (errors) l.D = arena.take<float>(count);
  if (needs_z) l.Z = arena.take<float>(count);
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
  w.output = arena.take<float>(B * NARROW_MOST);
  w.output_delta = arena.take<float>(B * NARROW_MOST);
  w.output_bias = arena.take<float>(NARROW_MOST);
  if (plan_.update->states) w.output_states = arena.take<float>(plan_.update->states * NARROW_MOST);
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
    lists.column = arena.take<Range>(n);
    lists.by_row = arena.take<Entry>(rows * (n + SPILL));
    lists.by_column = arena.take<Entry>(rows * n + SPILL);
  }
  if (plan_.window > 1) {
    const int64_t widest = plan_.kernels->vectors * plan_.kernels->lanes;
    plan_.gram_row = (rows + widest - 1) / widest * widest;
    plan_.gram = arena.take<float>(rows * plan_.gram_row);
    plan_.by_column = arena.take<float>(n * plan_.gram_row);
  }
  const Layer &last = layers_.back();
  if (last.kind != NARROW) return;
  const Layer &below = layers_[plan_.depth - 2];
  for (float *&partial : plan_.partial) partial = arena.take<float>(below.blocks * B * NARROW_MOST);
  plan_.lanes = arena.take<float>(plan_.threads * B * NARROW_MOST * plan_.kernels->lanes);
  if (below.fused) plan_.below = arena.take<float>(below.blocks * B * layers_[plan_.depth - 3].row);
}

}  // namespace spusk
