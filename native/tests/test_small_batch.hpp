#pragma once
#include "kernels/small_batch.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// δ below from the old W, and W's step, for `panels` panels of pv vectors in rows of W
static bool visit_holds(int64_t rows, int64_t B, int pv, int64_t panels, int64_t last) {
  Noise noise;
  const int64_t pw = pv * LANES, columns = (panels - 1) * pw + (pv - 1) * LANES + last;
  const int64_t stride = columns + 1;
  Array<float> W = noise.many(rows * stride + pw);
  const Array<float> before = W, a = noise.many(B * rows);
  Array<float> d(panels * B * pw), lanes(rows * B * LANES);
  for (int64_t j = 0; j < columns; ++j)
    for (int64_t b = 0; b < B; ++b) d[j / pw * B * pw + b * pw + j % pw] = noise();
  update_and_backprop(pv, rows, panels, B, {W.data(), stride, last}, {a.data(), 1, rows},
                      {d.data(), B * pw, pw}, lanes.data(), Update<Plain>{});
  bool good = true;
  for (int64_t r = 0; r < rows; ++r) {
    for (int64_t b = 0; b < B; ++b) {
      double wanted = 0, found = 0;
      for (int64_t j = 0; j < columns; ++j)
        wanted += double(before[r * stride + j]) * d[j / pw * B * pw + b * pw + j % pw];
      for (int64_t k = 0; k < LANES; ++k) found += lanes[(r * B + b) * LANES + k];
      good = good && near(found, wanted, 1e-5);
    }
    for (int64_t j = 0; j < stride; ++j) {
      double wanted = before[r * stride + j];
      for (int64_t b = 0; b < B && j < columns; ++b)
        wanted -= double(a[b * rows + r]) * d[j / pw * B * pw + b * pw + j % pw];
      good = good && near(W[r * stride + j], wanted, j < columns ? 1e-5 : 0);
    }
  }
  return expect(good, "a visit of W for few examples");
}

static bool small_batch_holds() {
  bool good = true;
  for (int64_t rows : {1, 2, 3, 7})
    for (int64_t B : {1, 5})
      for (int pv = 1; pv <= PV; ++pv) {
        good = visit_holds(rows, B, pv, 1, 1) && good;
        good = visit_holds(rows, B, pv, 1, LANES - 1) && good;
        good = visit_holds(rows, B, pv, 3, LANES) && good;
      }
  return good;
}

}  // namespace spusk::SPUSK_ISA
