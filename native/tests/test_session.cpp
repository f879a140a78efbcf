// Whole trainings: odd sizes, every instruction set, every update, several threads, a state that is
// read and written, against a plain loop in double.
#include <cmath>
#include <cstdio>
#include <random>

#include "session/session.hpp"

namespace spusk {
namespace {

struct Case {
  std::vector<int64_t> sizes;
  int64_t K, batch;
  bool pixels, classes;
};

struct Set {
  std::vector<uint8_t> pixels;
  std::vector<float> floats, targets;
  std::vector<int64_t> labels, order;
};

Set make_set(const Case &c, std::mt19937 &random) {
  Set set;
  const int64_t n = c.sizes.front(), m = c.sizes.back();
  std::uniform_real_distribution<float> uniform(0, 1);
  for (int64_t i = 0; i < c.K * n; ++i) {
    const bool some = random() % 3 == 0;
    if (c.pixels) set.pixels.push_back(some ? random() % 256 : 0);
    else set.floats.push_back(some ? uniform(random) : 0);
  }
  for (int64_t i = 0; i < c.K; ++i) {
    set.order.push_back((i * 7 + 3) % c.K);
    if (c.classes) set.labels.push_back(random() % m);
    else
      for (int64_t j = 0; j < m; ++j) set.targets.push_back(uniform(random));
  }
  return set;
}

// One epoch of the lecture's algorithm, sigmoid and mean squared error, in double; with momentum
// v ← βv − η∇C, w ← w + v, which is plain descent for β = 0.
void plain(const Case &c, const Set &set, std::vector<double> &theta, double rate, double beta) {
  const std::size_t depth = c.sizes.size() - 1;
  std::vector<std::size_t> W(depth), b(depth);
  std::vector<double> v(theta.size());
  std::size_t at = 0;
  for (std::size_t l = 0; l < depth; ++l) W[l] = at, at += c.sizes[l] * c.sizes[l + 1];
  for (std::size_t l = 0; l < depth; ++l) b[l] = at, at += c.sizes[l + 1];
  for (int64_t first = 0; first < c.K; first += c.batch) {
    const int64_t last = std::min(c.K, first + c.batch);
    const std::vector<double> old = theta;
    for (double &each : v) each *= beta;
    for (int64_t k = first; k < last; ++k) {
      const int64_t row = set.order[k];
      std::vector<std::vector<double>> a(depth + 1);
      for (int64_t i = 0; i < c.sizes[0]; ++i)
        a[0].push_back(c.pixels ? set.pixels[row * c.sizes[0] + i] / 255.0
                                : set.floats[row * c.sizes[0] + i]);
      for (std::size_t l = 0; l < depth; ++l)
        for (int64_t j = 0; j < c.sizes[l + 1]; ++j) {
          double z = old[b[l] + j];
          for (int64_t i = 0; i < c.sizes[l]; ++i)
            z += a[l][i] * old[W[l] + i * c.sizes[l + 1] + j];
          a[l + 1].push_back(1 / (1 + std::exp(-z)));
        }
      std::vector<double> d;
      for (int64_t j = 0; j < c.sizes.back(); ++j) {
        const double x = a[depth][j];
        const double y = c.classes ? set.labels[row] == j : set.targets[row * c.sizes.back() + j];
        d.push_back((x - y) * x * (1 - x));
      }
      for (std::size_t l = depth; l-- > 0;) {
        const int64_t n = c.sizes[l], m = c.sizes[l + 1];
        std::vector<double> below(n);
        for (int64_t i = 0; i < n; ++i)
          for (int64_t j = 0; j < m; ++j) {
            below[i] += d[j] * old[W[l] + i * m + j] * a[l][i] * (1 - a[l][i]);
            v[W[l] + i * m + j] -= rate / (last - first) * a[l][i] * d[j];
          }
        for (int64_t j = 0; j < m; ++j) v[b[l] + j] -= rate / (last - first) * d[j];
        d = below;
      }
    }
    for (std::size_t i = 0; i < theta.size(); ++i) theta[i] += v[i];
  }
}

template <class Info>
int number_of(const char *name, const Info *table) {
  int at = 0;
  while (std::string(name) != table[at].name) ++at;
  return at;
}

Request request_for(const Case &c, const Set &set, std::vector<float> &theta, int threads) {
  Request request;
  request.sizes = c.sizes, request.theta = theta.data();
  const Kernels *kernels = kernels_of("");
  request.activations.assign(c.sizes.size() - 1, number_of("sigmoid", kernels->activations));
  request.loss = number_of("squared", kernels->losses);
  if (c.pixels) request.pixels = set.pixels.data();
  else request.floats = set.floats.data();
  if (c.classes) request.labels = set.labels.data();
  else request.targets = set.targets.data();
  request.K = c.K, request.batch = c.batch, request.threads = threads;
  request.resident = 2 << 20;  // so that small sizes are enough for the lazy layer
  return request;
}

// Where a rule stands in the kernels' table, and how it is asked for here
struct Wanted {
  const char *update;
  std::vector<double> parameters;
  double beta;
};

struct Trained {
  std::vector<float> theta;
  std::vector<std::vector<float>> states;
  bool operator==(const Trained &) const = default;
};

// An epoch in two chunks; the second by another session that goes on from the first one's states
Trained train(const Case &c, const Set &set, const Wanted &wanted, const std::vector<float> &start,
              const std::string &isa, int threads) {
  Trained trained{start, {}};
  Request request = request_for(c, set, trained.theta, threads);
  request.update = number_of(wanted.update, kernels_of(isa)->updates),
  request.parameters = wanted.parameters;
  Session first(request, kernels_of(isa)), second(request, kernels_of(isa));
  const int64_t steps = (c.K + c.batch - 1) / c.batch, window = first.plan().window;
  const int64_t middle = steps / 2 / window * window;
  const std::vector<float> rates(steps, 0.5f);
  first.steps(set.order.data(), 0, middle, rates.data());
  for (int i = 0; threads == 3 && i < 3; ++i)  // one goes on alone
    second.thread_choice().after_team(1, 9, 2.5, 3);
  trained.states.assign(first.plan().update->states, start);
  for (std::size_t k = 0; k < trained.states.size(); ++k) {
    first.read_state(k, trained.states[k].data());
    second.write_state(k, trained.states[k].data());
  }
  second.steps(set.order.data(), middle, steps, rates.data() + middle);
  for (std::size_t k = 0; k < trained.states.size(); ++k)
    second.read_state(k, trained.states[k].data());
  return trained;
}

bool check(const Case &c, const Wanted &wanted) {
  std::mt19937 random(1);
  const Set set = make_set(c, random);
  std::size_t numbers = 0;
  for (std::size_t l = 0; l + 1 < c.sizes.size(); ++l) numbers += (c.sizes[l] + 1) * c.sizes[l + 1];
  std::normal_distribution<float> normal(0, 0.3f);
  std::vector<float> start(numbers);
  for (float &w : start) w = normal(random);
  std::vector<double> right(start.begin(), start.end());
  plain(c, set, right, 0.5, wanted.beta);
  bool good = true;
  for (const std::string &isa : instruction_sets()) {
    const Trained once = train(c, set, wanted, start, isa, 1);
    for (int threads : {1, 2, 3}) {
      const Trained trained = train(c, set, wanted, start, isa, threads);
      double worst = 0;
      for (std::size_t i = 0; i < numbers; ++i)
        worst = std::max(worst, std::abs(trained.theta[i] - right[i]));
      if (worst <= 2e-4 * (1 + wanted.beta) && trained == once) continue;
      std::printf("%s, %s, %d threads, first layer %lld: off by %g, %s\n", isa.c_str(),
                  wanted.update, threads, static_cast<long long>(c.sizes.front()), worst,
                  trained == once ? "same bits" : "other bits");
      good = false;
    }
  }
  return good;
}

}  // namespace

bool sessions_agree() {
  const std::vector<Case> cases = {
      {{7, 3}, 5, 2, true, true},
      {{1, 1}, 3, 1, false, false},
      {{20, 17, 33}, 23, 5, true, true},
      {{33, 70, 10}, 40, 7, true, true},
      {{33, 70, 10}, 60, 20, false, true},
      {{31, 70, 65, 64, 3}, 30, 9, true, false},
      {{31, 70, 65, 64, 3}, 90, 40, true, false},  // too many at once to go row by row
      {{31, 70, 600, 40}, 40, 7, true, true},      // several panels a strip, the last ragged
      {{40, 100, 10}, 40, 7, true, true},          // one wide panel
      {{13, 11, 331, 10}, 23, 6, true, true},
      {{13, 11, 331, 10}, 90, 40, true, true},
      {{13, 11, 9001, 10}, 23, 6, true, true},    // several panels a block
      {{300, 1801, 10}, 95, 3, true, true},       // lazy, ragged, several windows
      {{300, 1777, 40, 20}, 60, 33, true, true},  // lazy under wide layers
  };
  const std::vector<Wanted> updates = {{"plain", {}, 0}, {"momentum", {0.9}, 0.9}};
  bool good = true;
  for (const Case &c : cases)
    for (const Wanted &wanted : updates) good = check(c, wanted) && good;
  return good;
}

}  // namespace spusk
