// The last layer: errors, cost, right answers.
#pragma once
#include "kernels/neurons.hpp"
#include "kernels/step.hpp"
#include "ops/losses.hpp"

namespace spusk::SPUSK_ISA {

// y[from … from+LANES) of one example
INLINE vf target(const Plan &p, int64_t row, int64_t from) {
  float y[LANES] = {};
  if (p.labels) {
    const int64_t at = p.labels[row] - from;
    if (at >= 0 && at < LANES) y[at] = 1;
  } else if (from < p.classes) {
    std::memcpy(y, p.targets + row * p.classes + from,
                least(LANES, p.classes - from) * sizeof(float));
  }
  return load(y);
}

// How much an example counts
INLINE float weight_of(const Plan &p, int64_t row) { return p.weights ? p.weights[row] : 1.0f; }

// The first `left` lanes; zeros past them
INLINE vf first_lanes(vf x, int64_t left) {
  if (left >= LANES) return x;
  float kept[LANES] = {};
  std::memcpy(kept, &x, (left > 0 ? left : 0) * sizeof(float));
  return load(kept);
}

// δ of one vector of outputs, times the scale; nothing past the last output, `left` on
template <class Sigma, class Loss>
INLINE vf output_error(vf z, vf a, vf y, int64_t left, float scale) {
  vf d = Loss::error(a, y) * scale;
  if (!SLOPE_CANCELS<Loss>) d *= Sigma::slope(z, a);
  return first_lanes(d, left);
}

template <class Sigma, class Work>
INLINE void with_loss(const Plan &p, Work work) {
  Losses::choose(p.loss, [&](auto loss) {
    if constexpr (serves<decltype(loss), Sigma>()) work(Sigma{}, loss);
  });
}

// work(σ, C) of the last layer, of those that go together
template <class Work>
INLINE void with_output(const Plan &p, Work work) {
  Activations::choose(p.layers[p.depth - 1].activation,
                      [&](auto sigma) { with_loss<decltype(sigma)>(p, work); });
}

// δ of a panel of a wide output, and Σδ over the examples
template <class Sigma, class Loss>
static void output_errors(const Step &s, int at, int64_t panel, float *sums) {
  const Plan &p = s.p;
  const Layer &l = p.layers[at];
  const float *a = s.A(at, panel), *z = s.Z(at, panel);
  float *d = s.D(at, panel);
  for (int v = 0; v < l.pv; ++v) {
    const int64_t from = panel * l.pw + v * LANES;
    vf moved = vf{};
    for (int64_t b = 0; b < s.batch.B; ++b) {
      const int64_t here = b * l.row + v * LANES;
      const vf y = target(p, s.batch.rows[b], from);
      const vf e =
          output_error<Sigma, Loss>(Sigma::NEEDS_Z ? load(z + here) : vf{}, load(a + here), y,
                                    l.m - from, s.batch.scale * weight_of(p, s.batch.rows[b]));
      store(d + here, e);
      moved += e;
    }
    store(sums + v * LANES, moved);
  }
}

// The same, and its biases' step; outputs that are coupled wait for all panels
template <class Rule>
static void output_errors(const Step &s, int at, int64_t panel) {
  const Layer &l = s.p.layers[at];
  float sums[WIDEST * LANES];
  with_output(s.p, [&](auto sigma, auto loss) {
    if constexpr (!COUPLED<decltype(sigma)>) {
      output_errors<decltype(sigma), decltype(loss)>(s, at, panel, sums);
      step_biases(l.bias + panel * l.pw, sums, l.pv, b_update<Rule>(s, l));
    }
  });
}

// C and whether the answer is right, of one example
template <class Loss>
static void measure_example(Plan &p, int64_t at, const float *a, int64_t panel, int64_t pw) {
  int64_t best = 0, wanted = 0;
  float top = 0, top_wanted = 0;
  double cost = 0;
  for (int64_t j = 0; j < p.classes; ++j) {
    const float x = a[j / pw * panel + j % pw];
    const float y = p.labels ? p.labels[at] == j : p.targets[at * p.classes + j];
    cost += Loss::cost(x, y);
    if (!j || x > top) top = x, best = j;
    if (!j || y > top_wanted) top_wanted = y, wanted = j;
  }
  p.cost += weight_of(p, at) * cost;
  p.correct += best == wanted;
}

// The same by its label, its outputs in a row: the usual case, without a branch
template <class Loss>
static void measure_label(Plan &p, const float *a, int64_t row) {
  const int64_t label = p.labels[row];
  const float chosen = a[label];
  double squares = 0;
  int64_t better = 0;
  for (int64_t j = 0; j < p.classes; ++j) {
    squares += double(a[j]) * a[j];
    better += (a[j] > chosen) | ((a[j] == chosen) & (j < label));
  }
  p.cost += weight_of(p, row) * Loss::cost_of_label(squares, chosen);
  p.correct += !better;
}

// Σ C_(x,y) and right answers of a batch: output (b, j) at a[panel·j/pw + b·row + j%pw]
static void measure(Plan &p, const Batch &batch, const float *a, int64_t row, int64_t panel,
                    int64_t pw) {
  Losses::choose(p.loss, [&](auto loss) {
    using Loss = decltype(loss);
    if constexpr (requires { Loss::cost_of_label(0.0, 0.0); })
      if (p.labels && p.classes <= pw) {
        for (int64_t b = 0; b < batch.B; ++b) measure_label<Loss>(p, a + b * row, batch.rows[b]);
        return;
      }
    for (int64_t b = 0; b < batch.B; ++b)
      measure_example<Loss>(p, batch.rows[b], a + b * row, panel, pw);
  });
  p.seen += batch.B;
}

}  // namespace spusk::SPUSK_ISA
