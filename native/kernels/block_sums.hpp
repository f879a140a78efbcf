// Sums over blocks of neurons: a fixed binary tree.
//
// Node i of height h stands for blocks [⌊i·n/2ʰ⌋, ⌊(i+1)·n/2ʰ⌋) of n, so the root, i = h = 0, for
// all of them. A node of one block is that block's sum; another is its left child, node 2i of
// height h+1, plus its right child, node 2i+1. Two blocks or more leave no child empty.
//
// The tree hangs on n alone. Whoever owns the blocks of a node can sum them anywhere; 2ʰ owners of
// equal shares, as threads have them, each hold one node of height h, and their sums combine in
// pairs without a changed bit.
#pragma once
#include "kernels/simd.hpp"
#include "session/plan.hpp"

namespace spusk::SPUSK_ISA {

constexpr int HIGHEST = 7;  // more than the height of any tree
static_assert(BLOCKS < int64_t{1} << HIGHEST);

// The height at which every node has one block or two
INLINE int tree_height(int64_t blocks) {
  int height = 0;
  while (int64_t{2} << height <= blocks) ++height;
  return height;
}

// Σ of(block) over all blocks, from left to right: a left child waits for its right one
template <class Of>
INLINE vf tree_sum(int64_t blocks, int height, Of of) {
  vf waiting[HIGHEST];
  for (int64_t i = 0, from = 0;; ++i) {
    const int64_t to = (i + 1) * blocks >> height;
    vf sum = of(from);
    if (to - from == 2) sum += of(from + 1);
    from = to;
    int h = 0;
    for (int64_t node = i; node & 1; node >>= 1) sum = waiting[h++] + sum;
    if (from == blocks) return sum;
    waiting[h] = sum;
  }
}

}  // namespace spusk::SPUSK_ISA
