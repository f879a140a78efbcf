// The one register-blocked matrix kernel, and the copies that feed it.
#pragma once
#include "simd.hpp"

namespace spusk::SPUSK_ISA {

enum Into { SET, ADD, SUBTRACT };

struct Left {          // element (r, k) at p[r·row + k·step]
  const float *p;
  long row, step;
};
struct Panel {         // row k of V vectors at p + k·row
  const float *p;
  long row;
};

// C (R, V vectors) = or ± Σ_k left(r, k)·right(k): broadcast and accumulate
template <int R, int V, Into INTO>
static void block(long K, Left left, Panel right, float *C, long crow) {
  vf c[R][V];
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v) c[r][v] = INTO == SET ? vf{} : load(C + r * crow + v * LANES);
  const float *a = left.p, *b = right.p;
  for (long k = 0; k < K; ++k, a += left.step, b += right.row) {
    vf w[V];
    for (int v = 0; v < V; ++v) w[v] = load(b + v * LANES);
    for (int r = 0; r < R; ++r) {
      const vf x = all(a[r * left.row]);
      for (int v = 0; v < V; ++v)
        c[r][v] = INTO == SUBTRACT ? c[r][v] - x * w[v] : c[r][v] + x * w[v];
    }
  }
  for (int r = 0; r < R; ++r)
    for (int v = 0; v < V; ++v) store(C + r * crow + v * LANES, c[r][v]);
}

template <int V, Into INTO>
static void blocks(long rows, long K, Left left, Panel right, float *C, long crow) {
  const long count = (rows + ROWS - 1) / ROWS;
  for (long i = 0; i < count; ++i) {
    const long from = i * rows / count, to = (i + 1) * rows / count;
    const Left part = {left.p + from * left.row, left.row, left.step};
    float *c = C + from * crow;
    switch (to - from) {
      case 1: block<1, V, INTO>(K, part, right, c, crow); break;
      case 2: block<2, V, INTO>(K, part, right, c, crow); break;
      case 3: block<3, V, INTO>(K, part, right, c, crow); break;
      case 4: block<4, V, INTO>(K, part, right, c, crow); break;
#if defined(__AVX512F__) || defined(__aarch64__)
      case 5: block<5, V, INTO>(K, part, right, c, crow); break;
      default: block<6, V, INTO>(K, part, right, c, crow);
#endif
    }
  }
}

template <Into INTO>
static void gemm(int pv, long rows, long K, Left left, Panel right, float *C, long crow) {
  switch (pv) {
    case 1: return blocks<1, INTO>(rows, K, left, right, C, crow);
    case 2: return blocks<2, INTO>(rows, K, left, right, C, crow);
    case 3: return blocks<3, INTO>(rows, K, left, right, C, crow);
#if defined(__AVX512F__) || defined(__aarch64__)
    default: return blocks<4, INTO>(rows, K, left, right, C, crow);
#endif
  }
}

// (rows, columns) -> rows of `width` floats, the rest zero
static void copy_in(const float *from, long stride, long rows, long columns, float *to,
                    long width) {
  for (long i = 0; i < rows; ++i, from += stride, to += width) {
    std::memcpy(to, from, columns * sizeof(float));
    if (columns < width) std::memset(to + columns, 0, (width - columns) * sizeof(float));
  }
}

static void copy_out(const float *from, long width, long rows, long columns, float *to,
                     long stride) {
  for (long i = 0; i < rows; ++i, from += width, to += stride)
    std::memcpy(to, from, columns * sizeof(float));
}

// (rows, columns) -> (columns, width), lane by lane of `width` ≥ rows, the rest zero
static void copy_transposed(const float *from, long stride, long rows, long columns, float *to,
                            long width) {
  for (long i = 0; i < width; i += LANES)
    for (long j = 0; j < columns; j += LANES) {
      const long high_i = least(LANES, rows - i), high_j = least(LANES, columns - j);
      vf r[LANES];
      for (int k = 0; k < LANES; ++k) {
        r[k] = vf{};
        if (k >= high_i) continue;
        const float *p = from + (i + k) * stride + j;
        if (high_j == LANES) r[k] = load(p);
        else std::memcpy(&r[k], p, high_j * sizeof(float));
      }
      transpose(r);
      for (int k = 0; k < high_j; ++k) store(to + (j + k) * width + i, r[k]);
    }
}

}  // namespace spusk::SPUSK_ISA
