// Built with -ffp-contract=off: a fused multiply-add would round differently from NumPy.
#include "tape.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
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

constexpr long BYTES = 2048;  // of one cell of a tile: a dozen cells stay in L1

#define OVER_TILE(EXPRESSION)          \
  _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) o[k] = (EXPRESSION); \
  break;

// One tile: its cells (cells, TILE) begin with the variables; who is still open; what was seen.
template <class T>
struct Tile {
  std::vector<T> cells, rates, start, norm2, high;
  std::vector<int32_t> open;
  long width = 0, left = 0;  // points, and those who have not settled
  T low = 0;
};

// ∇f at x, ‖∇f‖², and whether anyone may have settled; the exact look is `look`'s.
#define SLOPES(T)                                                                               \
  EVERY_SET bool slopes(const TapeWalk<T> &tape, Tile<T> &tile) {                               \
    constexpr long TILE = BYTES / sizeof(T);                                                    \
    T *cells = tile.cells.data();                                                               \
    for (long i = 0; i < tape.count; ++i) {                                                     \
      const TapeStep &op = tape.ops[i];                                                         \
      T *o = cells + op.target * TILE;                                                          \
      const T *a = cells + op.a * TILE, *b = cells + op.b * TILE;                               \
      switch (op.op) {                                                                          \
        case ADD: OVER_TILE(a[k] + b[k])                                                        \
        case SUB: OVER_TILE(a[k] - b[k])                                                        \
        case MUL: OVER_TILE(a[k] * b[k])                                                        \
        case DIV: OVER_TILE(a[k] / b[k])                                                        \
        case NEG: OVER_TILE(-a[k])                                                              \
        case SQRT: OVER_TILE(std::sqrt(a[k]))                                                   \
        case ABS: OVER_TILE(std::fabs(a[k]))                                                    \
        case INV: OVER_TILE(T(1) / a[k])                                                        \
        case COPY: OVER_TILE(a[k])                                                              \
      }                                                                                         \
    }                                                                                           \
    T *norm2 = tile.norm2.data();                                                               \
    for (long j = 0; j < tape.n; ++j) {                                                         \
      const T *slope = cells + tape.outputs[j] * TILE;                                          \
      if (j == 0) {                                                                             \
        _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) norm2[k] = slope[k] * slope[k];    \
      } else {                                                                                  \
        _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) norm2[k] += slope[k] * slope[k];   \
      }                                                                                         \
    }                                                                                           \
    const T low = tile.low, *high = tile.high.data();                                           \
    const int32_t *open = tile.open.data();                                                     \
    int32_t any = 0;                                                                            \
    for (long k = 0; k < TILE; ++k)                                                             \
      any |= open[k] & int32_t(!((norm2[k] > low) & (norm2[k] <= high[k])));                    \
    return any != 0;                                                                            \
  }                                                                                             \
  EVERY_SET void step(const TapeWalk<T> &tape, Tile<T> &tile) {                                 \
    constexpr long TILE = BYTES / sizeof(T);                                                    \
    const T *eta = tile.rates.data();                                                           \
    for (long j = 0; j < tape.n; ++j) {                                                         \
      T *o = tile.cells.data() + j * TILE;                                                      \
      const T *slope = tile.cells.data() + tape.outputs[j] * TILE;                              \
      _Pragma("GCC ivdep") for (long k = 0; k < TILE; ++k) o[k] -= slope[k] * eta[k];           \
    }                                                                                           \
  }
SLOPES(float)
SLOPES(double)

// Writes down who settled at this step; the rules are those of Block.look.
template <class T>
void look(const TapeWalk<T> &tape, Tile<T> &tile, const Ends<T> &ends, long B, long first, long n) {
  constexpr long TILE = BYTES / sizeof(T);
  for (long k = 0; k < tile.width; ++k) {
    const long at = first + k;
    const T norm = std::sqrt(tile.norm2[k]);
    if (!tile.open[k] || ((norm > ends.tolerance) & (norm <= ends.grown[at]))) continue;
    T distance = 0;
    for (long j = 0; j < tape.n; ++j) {
      const T away = tile.cells[j * TILE + k] - tile.start[j * TILE + k];
      distance += away * away;
    }
    const bool far = !(std::sqrt(distance) <= ends.reach[at]), lost = !std::isfinite(norm);
    if (!lost && !(norm <= ends.tolerance) && !far) continue;
    ends.codes[at] = lost ? (far ? ends.diverged : ends.not_finite)
                          : (norm <= ends.tolerance ? ends.converged : ends.diverged);
    ends.taken[at] = n;
    for (long j = 0; j < tape.n; ++j) ends.x[j * B + at] = tile.cells[j * TILE + k];
    tile.open[k] = 0, --tile.left;
  }
}

template <class T>
void over_tiles(const TapeWalk<T> &tape, const T *x, long B, const T *eta, bool each,
                const Ends<T> &ends, long steps) {
  constexpr long TILE = BYTES / sizeof(T);
  Tile<T> tile;
  tile.cells.resize(tape.cells * TILE), tile.start.resize(tape.n * TILE);
  tile.rates.assign(TILE, eta[0]), tile.norm2.resize(TILE), tile.high.resize(TILE);
  // the slack covers the rounding of a square; who falls into it is looked at exactly
  tile.low = ends.tolerance * ends.tolerance * T(1.00001);
  for (long c = 0; c < tape.constant_count; ++c)
    std::fill_n(tile.cells.data() + (tape.cells - tape.constant_count + c) * TILE, TILE,
                tape.constants[c]);
  for (long first = 0; first < B; first += TILE) {
    tile.width = tile.left = std::min(TILE, B - first);
    tile.open.assign(TILE, 0), std::fill_n(tile.open.begin(), tile.width, 1);
    for (long k = 0; k < tile.width; ++k)
      tile.high[k] = std::min(ends.grown[first + k] * ends.grown[first + k] * T(0.99999),
                              std::numeric_limits<T>::max());
    for (long j = 0; j < tape.n; ++j) {
      std::copy_n(x + j * B + first, tile.width, tile.cells.data() + j * TILE);
      std::copy_n(x + j * B + first, tile.width, tile.start.data() + j * TILE);
    }
    if (each) std::copy_n(eta + first, tile.width, tile.rates.data());
    for (long n = 0;; ++n) {
      if (slopes(tape, tile)) look(tape, tile, ends, B, first, n);
      if (n == steps || !tile.left) break;
      step(tape, tile);
    }
    for (long k = 0; k < tile.width; ++k)
      for (long j = 0; tile.open[k] && j < tape.n; ++j)
        ends.x[j * B + first + k] = tile.cells[j * TILE + k];
  }
}

}  // namespace

void walk(const TapeWalk<float> &tape, const float *x, long B, const float *eta, bool each,
          const Ends<float> &ends, long steps) {
  over_tiles(tape, x, B, eta, each, ends, steps);
}

void walk(const TapeWalk<double> &tape, const double *x, long B, const double *eta, bool each,
          const Ends<double> &ends, long steps) {
  over_tiles(tape, x, B, eta, each, ends, steps);
}

}  // namespace spusk
