// The walk without Python, for the sanitizers: every instruction set against plain loops.
#include <cmath>
#include <cstdio>
#include <vector>

#include "session/session.hpp"
#include "tape/tape.hpp"

namespace spusk {
namespace {

// f = (x² − y)² / 4 + |y| / 8 + x: ∂f/∂x = x·(x² − y) + 1, ∂f/∂y = (y − x²) / 2 + y / (8·|y|)
const std::vector<TapeStep> OPS = {
    {MUL, 2, 0, 0}, {SUB, 3, 2, 1}, {MUL, 4, 0, 3},  {ADD, 4, 4, 6},  {NEG, 3, 3, 3},
    {DIV, 3, 3, 7}, {MUL, 5, 1, 1}, {SQRT, 5, 5, 5}, {ABS, 5, 5, 5},  {INV, 5, 5, 5},
    {MUL, 5, 1, 5}, {DIV, 5, 5, 8}, {ADD, 3, 3, 5},  {COPY, 2, 3, 3},
};

template <class T>
bool agrees(const std::string &isa, Walk<T> walk, int64_t count) {
  const T constants[] = {1, 2, 8};
  const int32_t outputs[] = {4, 2};
  const Tape tape{OPS.data(), static_cast<int64_t>(OPS.size()), 2, 9, 3, outputs};
  std::vector<T> x, ends(2 * count);
  for (int64_t k = 0; k < 2 * count; ++k) x.push_back(T(1.5) * std::sin(T(k + 1)));
  std::vector<int8_t> codes(count);
  std::vector<int64_t> taken(count);
  const T eta = T(0.05);
  const int64_t steps = 30;
  walk(tape, constants, Crowd<T>{x.data(), count, 0, &eta, false, count, steps},
       Ends<T>{T(0.01), T(1e3), T(1e4), 0, 3, 4, 1, ends.data(), codes.data(), taken.data()});
  for (int64_t k = 0; k < count; ++k) {
    T a = x[2 * k], b = x[2 * k + 1];
    for (int64_t n = 0; n < taken[k]; ++n) {
      const T da = a * (a * a - b) + 1, db = (b - a * a) / 2 + b * (1 / std::fabs(b)) / 8;
      a -= eta * da, b -= eta * db;
    }
    const T gap = std::fabs(a - ends[2 * k]) + std::fabs(b - ends[2 * k + 1]);
    if (!(gap <= T(1e-4) * (1 + std::fabs(a) + std::fabs(b))) ||
        (codes[k] == 1) != (taken[k] == steps)) {
      std::printf("%s: descent %lld of %lld is off by %g\n", isa.c_str(), static_cast<long long>(k),
                  static_cast<long long>(count), double(gap));
      return false;
    }
  }
  return true;
}

}  // namespace

bool tapes_agree() {
  bool good = true;
  for (const std::string &isa : instruction_sets())
    for (const int64_t count : {1, 7, 64, 131, 1000}) {
      good = agrees<float>(isa, walks_of(isa)->floats, count) && good;
      good = agrees<double>(isa, walks_of(isa)->doubles, count) && good;
    }
  return good;
}

}  // namespace spusk
