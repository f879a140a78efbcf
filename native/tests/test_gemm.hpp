#pragma once
#include "kernels/gemm.hpp"
#include "kernels/update.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// C of a product (rows, K)·(K, columns), after it was SET, ADDed to, and taken off
static bool product_holds(int64_t rows, int64_t K, int pv, int64_t last) {
  Noise noise;
  const int64_t columns = (pv - 1) * LANES + last, width = pv * LANES;
  const Array<float> left = noise.many(rows * K);
  Array<float> right = noise.many(K * columns + 1), C = noise.many(rows * width);
  Array<double> wanted(rows * columns);
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < columns; ++j)
      for (int64_t k = 0; k < K; ++k)
        wanted[r * columns + j] += double(left[r * K + k]) * right[k * columns + j];
  const auto is = [&](double times, const char *what) {
    bool good = true;
    for (int64_t r = 0; r < rows; ++r)
      for (int64_t j = 0; j < columns; ++j)
        good = good && near(C[r * width + j], times * wanted[r * columns + j], 1e-5);
    return expect(good, what);
  };
  const Left a = {left.data(), K, 1};
  const Panel b = {right.data(), columns};
  bool good = true;
  if (last == LANES) {
    gemm(pv, rows, K, a, b, C.data(), width, Set{}), good = is(1, "gemm, C =") && good;
    gemm(pv, rows, K, a, b, C.data(), width, Add{}), good = is(2, "gemm, C +=") && good;
    gemm(pv, rows, K, a, b, C.data(), width, Update<Plain>{});
    good = is(1, "gemm, a step") && good;
  } else {
    ragged_gemm(pv, last, rows, K, a, b, C.data(), width, Set{});
    good = is(1, "ragged gemm, C =") && good;
    ragged_gemm(pv, last, rows, K, a, b, C.data(), width, Add{});
    good = is(2, "ragged gemm, C +=") && good;
  }
  return good;
}

// W of `columns` columns takes a step with a padded right factor; its neighbours stay
static bool ragged_step_holds(int64_t rows, int64_t K, int pv, int64_t last) {
  Noise noise;
  const int64_t columns = (pv - 1) * LANES + last, width = pv * LANES, stride = columns + 2;
  const Array<float> left = noise.many(rows * K), right = noise.many(K * width);
  const Array<float> before = noise.many(rows * stride);
  Array<float> W = before;
  ragged_gemm(pv, last, rows, K, {left.data(), K, 1}, {right.data(), width}, W.data(), stride,
              Update<Plain>{});
  bool good = true;
  for (int64_t r = 0; r < rows; ++r)
    for (int64_t j = 0; j < stride; ++j) {
      double wanted = before[r * stride + j];
      for (int64_t k = 0; k < K && j < columns; ++k)
        wanted -= double(left[r * K + k]) * right[k * width + j];
      good = good && near(W[r * stride + j], wanted, j < columns ? 1e-5 : 0);
    }
  return expect(good, "ragged gemm, a step");
}

static bool copies_hold(int64_t rows, int64_t columns) {
  Noise noise;
  const int64_t stride = columns + 3, width = (columns + LANES - 1) / LANES * LANES;
  const int64_t tall = (rows + LANES - 1) / LANES * LANES;
  const Array<float> from = noise.many(rows * stride);
  Array<float> in(rows * width, -1), back(rows * stride, -1), turned(columns * tall, -1);
  copy_in(from.data(), stride, rows, columns, in.data(), width);
  copy_out(in.data(), width, rows, columns, back.data(), stride);
  copy_transposed(from.data(), stride, rows, columns, turned.data(), tall);
  bool good = true;
  for (int64_t i = 0; i < rows; ++i) {
    for (int64_t j = 0; j < width; ++j)
      good = good && in[i * width + j] == (j < columns ? from[i * stride + j] : 0);
    for (int64_t j = 0; j < stride; ++j)
      good = good && back[i * stride + j] == (j < columns ? from[i * stride + j] : -1);
  }
  for (int64_t j = 0; j < columns; ++j)
    for (int64_t i = 0; i < tall; ++i)
      good = good && turned[j * tall + i] == (i < rows ? from[i * stride + j] : 0);
  return expect(good, "copies of a block");
}

static bool lane_sums_hold() {
  Noise noise;
  const int64_t count = LANES + 3, width = 2 * LANES;
  const Array<float> lanes = noise.many(count * 2 * LANES);
  Array<float> sums(width, -1);
  sum_lanes(lanes.data(), count, 2 * LANES, sums.data(), width);
  bool good = true;
  for (int64_t i = 0; i < width; ++i) {
    double wanted = 0;
    for (int64_t j = 0; j < LANES && i < count; ++j) wanted += lanes[i * 2 * LANES + j];
    good = good && near(sums[i], wanted, 1e-6);
  }
  return expect(good, "sums of lanes");
}

static bool gemm_holds() {
  bool good = lane_sums_hold();
  for (int64_t rows : {1, 2, 3, 5, 6, 7, 13})
    for (int64_t K : {1, 2, 19})
      for (int pv = 1; pv <= PV; ++pv)
        for (int64_t last : {1, LANES - 1, LANES}) {
          good = product_holds(rows, K, pv, last) && good;
          if (last < LANES) good = ragged_step_holds(rows, K, pv, last) && good;
        }
  good = product_holds(5, 7, WIDEST, LANES) && good;
  for (int64_t rows : {1, 7, 16, 33})
    for (int64_t columns : {1, 8, 17}) good = copies_hold(rows, columns) && good;
  return good;
}

}  // namespace spusk::SPUSK_ISA
