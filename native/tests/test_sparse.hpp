#pragma once
#include "kernels/sparse.hpp"
#include "tests/check.hpp"
#include "tests/test_lists.hpp"

namespace spusk::SPUSK_ISA {

// z = xW of the listed inputs, and W's step with δ: by columns, and row by row with the next z
static bool sparse_product_holds(int64_t n, int pv) {
  Noise noise;
  const int64_t width = pv * LANES, B = 6;
  const Listed l(n, B, false);
  const Array<float> before = noise.many(n * width), delta = noise.many(B * width);
  Array<float> W = before, z(B * width, -1), late = before, next(B * width, -1);
  sparse_forward(pv, {l.lists, B, z.data(), width}, W.data(), width);
  sparse_update(pv, l.lists, n, W.data(), width, delta.data(), width, Update<Plain>{});
  Array<float> due = delta;
  sparse_update_and_forward(pv, {l.lists, B, due.data(), width}, {l.lists, B, next.data(), width},
                            late.data(), width, Update<Plain>{});
  bool good = true;
  for (int64_t j = 0; j < width; ++j) {
    for (int64_t i = 0; i < n; ++i) {
      double wanted = before[i * width + j];
      for (int64_t b = 0; b < B; ++b) wanted -= double(l.x[b * n + i]) * delta[b * width + j];
      good =
          good && near(W[i * width + j], wanted, 1e-5) && near(late[i * width + j], wanted, 1e-5);
    }
    for (int64_t b = 0; b < B; ++b) {
      double wanted = 0, after = 0;
      for (int64_t i = 0; i < n; ++i) {
        wanted += double(l.x[b * n + i]) * before[i * width + j];
        after += double(l.x[b * n + i]) * W[i * width + j];
      }
      good = good && near(z[b * width + j], wanted, 1e-5) && near(next[b * width + j], after, 1e-5);
    }
  }
  return expect(good, "sparse products");
}

// A rule with states moves weights whose inputs are zero, too
template <class Rule>
static bool every_weight_moves(Rule) {
  Noise noise;
  const int64_t n = 40, B = 2;
  const Listed l(n, B, false);
  Array<float> W = noise.many(n * LANES), states = noise.many(Rule::STATES * n * LANES);
  const Array<float> before = W, delta = noise.many(B * LANES);
  for (float &state : states) state = std::fabs(state);
  const double parameters[MOST_PARAMETERS] = {0.5, 0.5, 0.5, 0.5};
  const Rate rate = rate_of<Rule>(0.1f, parameters, 3);
  if constexpr (!Rule::LINEAR) {
    const Update<Rule> update = {states_of(W.data(), states.data(), n * LANES, &rate)};
    sparse_update(1, l.lists, n, W.data(), LANES, delta.data(), LANES, update);
    for (std::size_t i = 0; i < W.size(); ++i)
      if (!(std::fabs(W[i] - before[i]) > 0)) return expect(false, Rule::NAME);
  }
  return true;
}

static bool sparse_holds() {
  bool good = true;
  for (int64_t n : {1, 33, 300})
    for (int pv = 1; pv <= WIDEST; ++pv) good = sparse_product_holds(n, pv) && good;
  for (int i = 0; i < Updates::COUNT; ++i)
    Updates::choose(i, [&](auto rule) { good = every_weight_moves(rule) && good; });
  return good;
}

}  // namespace spusk::SPUSK_ISA
