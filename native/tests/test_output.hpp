#pragma once
#include "kernels/output.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// C and right answers of a batch, by labels and by targets, outputs in a row and by panels
static bool measures_hold(int loss) {
  Noise noise;
  const int64_t B = 7, m = 11;
  Array<float> a(B * 16), y(B * m), apart(B * 16);
  Array<int64_t> labels(B), rows(B);
  double cost = 0;
  int64_t correct = 0;
  for (int64_t b = 0; b < B; ++b) {
    labels[b] = b * 5 % m, rows[b] = b, y[b * m + labels[b]] = 1;
    int64_t best = 0;
    for (int64_t j = 0; j < m; ++j) {
      a[b * 16 + j] = 0.5f + 0.4f * noise();
      apart[j / 4 * B * 4 + b * 4 + j % 4] = a[b * 16 + j];
      Losses::choose(loss, [&](auto each) { cost += each.cost(a[b * 16 + j], y[b * m + j]); });
      if (a[b * 16 + j] > a[b * 16 + best]) best = j;
    }
    correct += best == labels[b];
  }
  Batch batch{};
  batch.rows = rows.data(), batch.B = B;
  bool good = true;
  const auto measured = [&](bool by_label, const float *from, int64_t row, int64_t panel,
                            int64_t pw) {
    Plan p{};
    p.loss = loss, p.classes = m;
    if (by_label) p.labels = labels.data();
    else p.targets = y.data();
    measure(p, batch, from, row, panel, pw);
    good = good && near(p.cost, cost, 1e-6) && p.correct == correct && p.seen == B;
  };
  measured(true, a.data(), 16, 0, 16);
  measured(false, a.data(), 16, 0, 16);
  measured(true, apart.data(), 4, B * 4, 4);
  measured(false, apart.data(), 4, B * 4, 4);
  return expect(good, "cost and right answers");
}

static bool targets_hold() {
  const int64_t labels[] = {0, LANES, 2};
  Plan p{};
  p.labels = labels, p.classes = LANES + 1;
  bool good = target(p, 0, 0)[0] == 1 && target(p, 1, 0)[0] == 0 && target(p, 1, LANES)[0] == 1 &&
              target(p, 2, 0)[2] == 1 && target(p, 2, 0)[1] == 0;
  Array<float> y(2 * (LANES + 1), 0.25f);
  p.labels = nullptr, p.targets = y.data();
  good = good && target(p, 1, 0)[LANES - 1] == 0.25f && target(p, 1, LANES)[0] == 0.25f &&
         target(p, 1, LANES)[1] == 0;
  const vf error = output_error<Sigmoid, Squared>(vf{}, all(0.5f), all(1), 2, 4);
  good = good && error[0] == -0.5f && error[1] == -0.5f && error[2] == 0;
  return expect(good, "targets and errors of outputs");
}

static bool output_holds() {
  bool good = targets_hold();
  for (int i = 0; i < Losses::COUNT; ++i) good = measures_hold(i) && good;
  return good;
}

}  // namespace spusk::SPUSK_ISA
