// Built with -ffp-contract=off: a fused multiply-add would round differently from NumPy.
#include "tape.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

// One source, compiled for each instruction set; the loader takes the best that the machine has.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && defined(__linux__) && \
    !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#define EVERY_SET __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define EVERY_SET
#endif

namespace spusk {
namespace {

constexpr long TILE = 384;  // ten cells of doubles stay in L1

#define OVER_TILE(EXPRESSION)          \
  _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) o[k] = (EXPRESSION); \
  break;

// All steps of one tile; cells (cells, TILE) begin with its variables.
#define WALK_TILE(T)                                                                       \
  EVERY_SET void walk_tile(const TapeWalk<T> &tape, T *cells, const T *eta, T *norm, long steps) { \
    for (long step = 0;; ++step) {                                                         \
      for (long i = 0; i < tape.count; ++i) {                                              \
        const TapeStep &op = tape.ops[i];                                                  \
        T *o = cells + op.target * TILE;                                                   \
        const T *a = cells + op.a * TILE, *b = cells + op.b * TILE;                        \
        switch (op.op) {                                                                   \
          case ADD: OVER_TILE(a[k] + b[k])                                                 \
          case SUB: OVER_TILE(a[k] - b[k])                                                 \
          case MUL: OVER_TILE(a[k] * b[k])                                                 \
          case DIV: OVER_TILE(a[k] / b[k])                                                 \
          case NEG: OVER_TILE(-a[k])                                                       \
          case SQRT: OVER_TILE(std::sqrt(a[k]))                                            \
          case ABS: OVER_TILE(std::fabs(a[k]))                                             \
          case INV: OVER_TILE(T(1) / a[k])                                                 \
          case COPY: OVER_TILE(a[k])                                                       \
        }                                                                                  \
      }                                                                                    \
      if (step == steps) break;                                                            \
      for (long j = 0; j < tape.n; ++j) {                                                  \
        T *o = cells + j * TILE;                                                           \
        const T *slope = cells + tape.outputs[j] * TILE;                                   \
        _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) o[k] -= slope[k] * eta[k];    \
      }                                                                                    \
    }                                                                                      \
    for (long j = 0; j < tape.n; ++j) {                                                    \
      const T *slope = cells + tape.outputs[j] * TILE;                                     \
      _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k)                                 \
        norm[k] = (j ? norm[k] : T(0)) + slope[k] * slope[k];                              \
    }                                                                                      \
    _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) norm[k] = std::sqrt(norm[k]);     \
  }
WALK_TILE(float)
WALK_TILE(double)

template <class T>
void over_tiles(const TapeWalk<T> &tape, T *x, long B, const T *eta, bool each, T *norms,
                long steps) {
  std::vector<T> cells(tape.cells * TILE), rates(TILE, eta[0]), norm(TILE);
  for (long c = 0; c < tape.constant_count; ++c)
    std::fill_n(cells.data() + (tape.cells - tape.constant_count + c) * TILE, TILE,
                tape.constants[c]);
  for (long first = 0; first < B; first += TILE) {
    const long width = std::min(TILE, B - first);
    for (long j = 0; j < tape.n; ++j)
      std::copy_n(x + j * B + first, width, cells.data() + j * TILE);
    if (each) std::copy_n(eta + first, width, rates.data());
    walk_tile(tape, cells.data(), rates.data(), norm.data(), steps);
    std::copy_n(norm.data(), width, norms + first);
    for (long j = 0; j < tape.n; ++j)
      std::copy_n(cells.data() + j * TILE, width, x + j * B + first);
  }
}

}  // namespace

void walk(const TapeWalk<float> &tape, float *x, long B, const float *eta, bool each,
          float *norms, long steps) {
  over_tiles(tape, x, B, eta, each, norms, steps);
}

void walk(const TapeWalk<double> &tape, double *x, long B, const double *eta, bool each,
          double *norms, long steps) {
  over_tiles(tape, x, B, eta, each, norms, steps);
}

}  // namespace spusk
