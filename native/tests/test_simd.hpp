#pragma once
#include "kernels/simd.hpp"
#include "tests/check.hpp"

namespace spusk::SPUSK_ISA {

static bool simd_holds() {
  bool good = true;
  float room[LANES + 2], from[LANES];
  for (int j = 0; j < LANES; ++j) from[j] = static_cast<float>(j + 1);
  for (int64_t count = 1; count <= LANES; ++count) {
    for (float &x : room) x = -1;
    const vf some = load_some(from, count);
    store_some(room + 1, load(from), count);
    for (int64_t j = 0; j < LANES; ++j) {
      good =
          expect(some[j] == (j < count ? from[j] : 0), "load_some: zeros after the first") && good;
      good = expect(room[j + 1] == (j < count ? from[j] : -1), "store_some: no more than asked") &&
             good;
    }
    good = expect(room[0] == -1 && room[LANES + 1] == -1, "store_some: only its place") && good;
  }
  vf rows[LANES];
  for (int i = 0; i < LANES; ++i)
    for (int j = 0; j < LANES; ++j) rows[i][j] = static_cast<float>(100 * i + j);
  transpose(rows);
  for (int i = 0; i < LANES; ++i)
    for (int j = 0; j < LANES; ++j)
      good = expect(rows[i][j] == static_cast<float>(100 * j + i), "transpose") && good;
  for (int count = 1; count <= WIDEST; ++count) {
    int called = 0;
    by_vectors<WIDEST>(count, [&](auto v) { called += decltype(v)::value; });
    good = expect(called == count, "by_vectors: the number asked for, once") && good;
  }
  return good;
}

}  // namespace spusk::SPUSK_ISA
