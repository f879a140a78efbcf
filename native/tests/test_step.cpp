// The engine without Python, for the sanitizers: odd sizes, every instruction set, several threads,
// against a plain loop in double.
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>

#include "session/session.hpp"

namespace spusk {
bool tapes_agree();  // test_tape.cpp
}
using namespace spusk;

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
    else for (int64_t j = 0; j < m; ++j) set.targets.push_back(uniform(random));
  }
  return set;
}

// One epoch of the lecture's algorithm, sigmoid and mean squared error, in double.
void plain(const Case &c, const Set &set, std::vector<double> &theta, double rate) {
  const std::size_t depth = c.sizes.size() - 1;
  std::vector<std::size_t> W(depth), b(depth);
  std::size_t at = 0;
  for (std::size_t l = 0; l < depth; ++l) W[l] = at, at += c.sizes[l] * c.sizes[l + 1];
  for (std::size_t l = 0; l < depth; ++l) b[l] = at, at += c.sizes[l + 1];
  for (int64_t first = 0; first < c.K; first += c.batch) {
    const int64_t last = std::min(c.K, first + c.batch);
    const std::vector<double> old = theta;
    for (int64_t k = first; k < last; ++k) {
      const int64_t row = set.order[k];
      std::vector<std::vector<double>> a(depth + 1);
      for (int64_t i = 0; i < c.sizes[0]; ++i)
        a[0].push_back(c.pixels ? set.pixels[row * c.sizes[0] + i] / 255.0
                                : set.floats[row * c.sizes[0] + i]);
      for (std::size_t l = 0; l < depth; ++l)
        for (int64_t j = 0; j < c.sizes[l + 1]; ++j) {
          double z = old[b[l] + j];
          for (int64_t i = 0; i < c.sizes[l]; ++i) z += a[l][i] * old[W[l] + i * c.sizes[l + 1] + j];
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
            theta[W[l] + i * m + j] -= rate / (last - first) * a[l][i] * d[j];
          }
        for (int64_t j = 0; j < m; ++j) theta[b[l] + j] -= rate / (last - first) * d[j];
        d = below;
      }
    }
  }
}

Order ordered(const Case &c, const Set &set, std::vector<float> &theta, int threads) {
  Order order;
  order.sizes = c.sizes, order.theta = theta.data(), order.error = SQUARED;
  order.activations.assign(c.sizes.size() - 1, SIGMOID);
  if (c.pixels) order.pixels = set.pixels.data();
  else order.floats = set.floats.data();
  if (c.classes) order.labels = set.labels.data();
  else order.targets = set.targets.data();
  order.K = c.K, order.batch = c.batch, order.threads = threads;
  order.resident = 2 << 20;  // so that small sizes are enough for the lazy layer
  return order;
}

bool check(const Case &c) {
  std::mt19937 random(1);
  const Set set = make_set(c, random);
  std::size_t numbers = 0;
  for (std::size_t l = 0; l + 1 < c.sizes.size(); ++l) numbers += (c.sizes[l] + 1) * c.sizes[l + 1];
  std::normal_distribution<float> normal(0, 0.3f);
  std::vector<float> start(numbers), once;
  for (float &w : start) w = normal(random);
  std::vector<double> wanted(start.begin(), start.end());
  plain(c, set, wanted, 0.5);
  bool good = true;
  for (const std::string &isa : instruction_sets())
    for (int threads : {1, 2, 3}) {
      std::vector<float> theta = start;
      {
        Session session(ordered(c, set, theta, threads), kernels_of(isa));
        const int64_t steps = (c.K + c.batch - 1) / c.batch, window = session.plan().window;
        const int64_t middle = steps / 2 / window * window;
        session.steps(set.order.data(), 0, middle, 0.5f);
        for (int i = 0; threads == 3 && i < 3; ++i)  // one goes on alone
          session.neighbours().together(1, 9, 2.5, 3);
        session.steps(set.order.data(), middle, steps, 0.5f);
      }
      double worst = 0;
      for (std::size_t i = 0; i < numbers; ++i)
        worst = std::max(worst, std::abs(theta[i] - wanted[i]));
      if (threads == 1) once = theta;
      const bool same = theta == once;
      if (!(worst <= 2e-4) || !same) {
        std::printf("%s, %d threads, first layer %lld: off by %g, %s\n", isa.c_str(), threads,
                    static_cast<long long>(c.sizes.front()), worst, same ? "same bits" : "other bits");
        good = false;
      }
    }
  return good;
}

}  // namespace

// Where threads wait for one another, one alone is tried, and goes on if it is faster.
bool neighbours_are_seen() {
  bool good = true;
  const auto expect = [&](bool seen) { good = good && seen; };
  for (const int64_t steps : {20, 5}) {  // that one alone does in a second; all together do 10
    Neighbours others;
    for (int i = 0; i < 2; ++i) others.together(1, 10, 2, 2), expect(!others.alone());
    others.together(1, 10, 0.1, 2);    // they hardly wait
    others.together(0.001, 10, 1, 2);  // too short to say
    expect(!others.alone());
    others.together(1, 10, 1, 2);      // they do: a trial
    for (int i = 0; i < 2; ++i) {
      expect(others.alone()), others.by_itself(1, steps);
      expect(!others.alone()), others.together(1, 10, 1, 2);
    }
    expect(others.alone()), others.by_itself(1, steps);
    for (int i = 0; i < 16 && steps == 20; ++i) expect(others.alone()), others.by_itself(1, steps);
    for (int i = 0; i < 64 && steps == 5; ++i) expect(!others.alone()), others.together(1, 10, 1, 2);
    expect(!others.alone());
    others.together(1, 10, 1, 2);
    expect(others.alone());
  }
  return good;
}

int main() {
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
      {{13, 11, 9001, 10}, 23, 6, true, true},     // several panels a block
      {{300, 1801, 10}, 95, 3, true, true},      // lazy, ragged, several windows
      {{300, 1777, 40, 20}, 60, 33, true, true},  // lazy under wide layers
  };
  bool good = tapes_agree() && neighbours_are_seen();
  for (const Case &c : cases) good = check(c) && good;
  std::puts(good ? "all agree" : "some differ");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
