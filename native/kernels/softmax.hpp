// Outputs of a softmax: once all z of an example are there, its a and δ, in a row of memory.
#pragma once
#include <limits>
#include "kernels/output.hpp"

namespace spusk::SPUSK_ISA {

INLINE float sum_of(vf x) {
  float sum = 0;
  for (int i = 0; i < LANES; ++i) sum += x[i];
  return sum;
}

// a (m,) := softmax(a). Less the largest of them, no exponential overflows; NaN stays NaN.
static void softmax(float *a, int64_t m) {
  float top = -std::numeric_limits<float>::infinity();
  for (int64_t j = 0; j < m; ++j) top = a[j] > top ? a[j] : top;
  vf sum = vf{};
  for (int64_t j = 0; j < m; j += LANES) {
    const vf e = first_lanes(exponential(load(a + j) - all(top)), m - j);
    store(a + j, e);
    sum += e;
  }
  const vf total = all(sum_of(sum));
  for (int64_t j = 0; j < m; j += LANES) store(a + j, load(a + j) / total);
}

// δ (m,) of example `row`, times its weight and the scale: δᵢ = aᵢ(gᵢ − Σⱼ aⱼgⱼ) with g = ∂C/∂a;
// where that cancels, g = −y/a, it is aᵢΣⱼyⱼ − yᵢ, a − y for a y that sums to 1.
template <class Loss>
static void softmax_errors(const Plan &p, int64_t row, const float *a, float *d, float scale) {
  const int64_t m = p.classes;
  scale *= weight_of(p, row);
  vf sum = vf{};
  for (int64_t j = 0; j < m; j += LANES) {
    const vf y = target(p, row, j);
    sum += SLOPE_CANCELS<Loss> ? y : first_lanes(load(a + j) * Loss::error(load(a + j), y), m - j);
  }
  const vf shared = all(sum_of(sum));
  for (int64_t j = 0; j < m; j += LANES) {
    const vf x = load(a + j), y = target(p, row, j);
    const vf delta =
        SLOPE_CANCELS<Loss> ? Loss::error(x * shared, y) : x * (Loss::error(x, y) - shared);
    store(d + j, first_lanes(delta * scale, m - j));
  }
}

// The wide last layer `at`, whose z all threads have written: examples are shared out among them,
// then each owner of panels takes its biases' step.
template <class Rule>
static void softmax_outputs(const Step &s, int at) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const Range mine = s.share(s.batch.B);
  Losses::choose(p.loss, [&](auto loss) {
    for (int64_t b = mine.from; b < mine.to; ++b) {
      float *a = s.A(at) + b * l.row;
      softmax(a, l.m);
      softmax_errors<decltype(loss)>(p, s.batch.rows[b], a, s.D(at) + b * l.row, s.batch.scale);
    }
  });
  s.wait();
  const Update<Rule> update = b_update<Rule>(s, l);
  const Range panels = s.panels_of(l);
  for (int64_t j = panels.from * l.pw; j < panels.to * l.pw; j += LANES) {
    vf moved = vf{};
    for (int64_t b = 0; b < s.batch.B; ++b) moved += load(s.D(at) + b * l.row + j);
    update(l.bias + j, moved);
  }
}

}  // namespace spusk::SPUSK_ISA
