#pragma once
#include "kernels/block_sums.hpp"
#include "tests/check.hpp"
#include "tests/random.hpp"

namespace spusk::SPUSK_ISA {

// The definition: node `i` of `parts` at its height
static float node(const Array<float> &blocks, int64_t i, int64_t parts) {
  const int64_t n = static_cast<int64_t>(blocks.size());
  const int64_t from = i * n / parts, to = (i + 1) * n / parts;
  if (to - from == 1) return blocks[from];
  return node(blocks, 2 * i, 2 * parts) + node(blocks, 2 * i + 1, 2 * parts);
}

// Owners of equal shares add up theirs, then the sums meet in pairs
static float shared(const Array<float> &blocks, int64_t owners) {
  Array<float> sums(owners);
  for (int64_t i = 0; i < owners; ++i) sums[i] = node(blocks, i, owners);
  for (; owners > 1; owners /= 2)
    for (int64_t i = 0; i < owners / 2; ++i) sums[i] = sums[2 * i] + sums[2 * i + 1];
  return sums[0];
}

static bool block_sums_hold() {
  Noise noise;
  bool good = true;
  for (int64_t n = 1; n <= BLOCKS; ++n) {
    Array<float> blocks = noise.many(n);
    const vf sum = tree_sum(n, tree_height(n), [&](int64_t k) { return all(blocks[k]); });
    good = expect(sum[0] == node(blocks, 0, 1), "the tree of block sums") && good;
    for (int64_t owners = 2; owners <= n; owners *= 2)
      good = expect(sum[0] == shared(blocks, owners), "shares of a tree") && good;
  }
  return good;
}

}  // namespace spusk::SPUSK_ISA
