// Compiled once for each instruction set, like step.cpp, with -ffp-contract=off: a fused
// multiply-add would round differently from NumPy.
#include "tape/tape.hpp"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <type_traits>
#include <vector>

namespace spusk::SPUSK_ISA {
namespace {

// A tile is as many points as fit one accumulator of VECTORS registers: a step of it reads its
// cells from L1 and writes only those that are needed again.
#if defined(__AVX512F__)
constexpr int64_t LANE_BYTES = 64;
#elif defined(__AVX__)
constexpr int64_t LANE_BYTES = 32;
#else
constexpr int64_t LANE_BYTES = 16;
#endif
constexpr int64_t VECTORS = 8, BYTES = VECTORS * LANE_BYTES;

template <class T>
struct Lanes {
  using whole = std::conditional_t<sizeof(T) == 4, int32_t, int64_t>;
  typedef T type __attribute__((vector_size(LANE_BYTES), may_alias));
  typedef whole mask __attribute__((vector_size(LANE_BYTES), may_alias));
  static constexpr whole SIGNLESS = std::numeric_limits<whole>::max();
};

// The tape for one accumulator: `acc ← acc op cell`, or `acc ← op acc`, in the tape's order.
enum Move : int32_t {
  LOAD,
  STORE,
  PLUS,
  MINUS,
  FROM,
  TIMES,
  SQUARE,
  OVER,
  UNDER,
  NEGATE,
  ROOT,
  SIZE,
  INVERSE,
  DOUBLE
};
struct Instruction {
  int32_t move, cell;
};

class Assembler {
 public:
  explicit Assembler(const Tape &tape) : tape_(tape) {}

  std::vector<Instruction> assemble() {
    for (int64_t i = 0; i < tape_.count; ++i) {
      const TapeStep &op = tape_.ops[i];
      take(op);
      held_ = op.target;
      if (op.op == SQRT) {  // a library function of numbers, not of registers
        put(STORE, op.target), put(ROOT, op.target), put(LOAD, op.target);
      } else if (!dies_at_once(i)) {
        put(STORE, op.target);
      }
    }
    return std::move(code_);
  }

 private:
  static bool binary(const TapeStep &op) { return op.op <= DIV; }

  void put(Move move, int32_t cell = 0) { code_.push_back({move, cell}); }

  // The operation on what the accumulator holds, or on a freshly loaded operand.
  void take(const TapeStep &op) {
    if (binary(op) && op.b == held_ && op.a != held_) {
      const Move turned[] = {PLUS, FROM, TIMES, UNDER};
      return put(turned[op.op], op.a);
    }
    if (op.a != held_) put(LOAD, op.a);
    if (binary(op) && op.a == op.b && (op.op == MUL || op.op == ADD))
      return put(op.op == MUL ? SQUARE : DOUBLE);
    if (binary(op) && op.a == op.b && op.a == held_) put(STORE, held_);  // a − a, a / a
    const Move straight[] = {PLUS, MINUS, TIMES, OVER, NEGATE, LOAD, SIZE, INVERSE};
    if (op.op != COPY && op.op != SQRT) put(straight[op.op], op.b);
  }

  // Whether only the next operation reads this one's result, and can take it from the accumulator.
  bool dies_at_once(int64_t i) const {
    const int32_t cell = tape_.ops[i].target;
    if (i + 1 == tape_.count || !reads(tape_.ops[i + 1], cell)) return false;
    for (int64_t k = i + 1; k < tape_.count; ++k) {
      if (k > i + 1 && reads(tape_.ops[k], cell)) return false;
      if (tape_.ops[k].target == cell) return true;
    }
    return std::find(tape_.outputs, tape_.outputs + tape_.n, cell) == tape_.outputs + tape_.n;
  }

  static bool reads(const TapeStep &op, int32_t cell) { return op.a == cell || op.b == cell; }

  const Tape &tape_;
  std::vector<Instruction> code_;
  int32_t held_ = -1;
};

// One tile: cells (cells, SIZE) that begin with the variables; what each descent is watched for.
template <class T>
struct Tile {
  static constexpr int64_t SIZE = BYTES / sizeof(T);
  using Whole = typename Lanes<T>::whole;

  const std::vector<Instruction> &code;
  const int32_t *outputs;
  const int64_t n;
  T *cells, *rates, *start, *grown, *reach;
  Whole *high, *open;  // ‖∇f‖² above which, and whether (all ones), a descent is to be looked at
  Whole low = 0;  // ‖∇f‖² below which; both as bits, which are ordered as their numbers are
  int64_t width = 0, left = 0;  // descents, and those who have not settled

  Tile(const std::vector<Instruction> &code, const Tape &tape)
      : code(code), outputs(tape.outputs), n(tape.n), room_((tape.cells + tape.n + 5) * VECTORS) {
    T *at = reinterpret_cast<T *>(room_.data());
    cells = at, start = cells + tape.cells * SIZE, rates = start + n * SIZE;
    grown = rates + SIZE, reach = grown + SIZE;
    high = reinterpret_cast<Whole *>(reach + SIZE), open = high + SIZE;
  }

 private:
  struct alignas(LANE_BYTES) Line {
    char bytes[LANE_BYTES];
  };
  std::vector<Line> room_;
};

#define OVER_VECTORS(STATEMENT)           \
  for (int64_t v = 0; v < VECTORS; ++v) { \
    STATEMENT;                            \
  }                                       \
  break;

// Steps on from step n, until someone may have settled or `steps` is reached: gives that step, with
// its x and ∇f in the cells. Who really has settled, `look` says.
template <class T>
int64_t run(Tile<T> &tile, int64_t n, int64_t steps) {
  using V = typename Lanes<T>::type;
  using M = typename Lanes<T>::mask;
  constexpr int64_t LANES = LANE_BYTES / sizeof(T);
  V *const cells = reinterpret_cast<V *>(tile.cells);
  const V *const eta = reinterpret_cast<const V *>(tile.rates);
  const M *const high = reinterpret_cast<const M *>(tile.high);
  const M *const open = reinterpret_cast<const M *>(tile.open);
  const Instruction *const first = tile.code.data();
  const Instruction *const last = first + tile.code.size();
  const typename Tile<T>::Whole low = tile.low;
  for (;; ++n) {
    V acc[VECTORS] = {};
    for (const Instruction *at = first; at != last; ++at) {
      V *const o = cells + at->cell * VECTORS;
      switch (at->move) {
        case LOAD: OVER_VECTORS(acc[v] = o[v])
        case STORE: OVER_VECTORS(o[v] = acc[v])
        case PLUS: OVER_VECTORS(acc[v] += o[v])
        case MINUS: OVER_VECTORS(acc[v] -= o[v])
        case FROM: OVER_VECTORS(acc[v] = o[v] - acc[v])
        case TIMES: OVER_VECTORS(acc[v] *= o[v])
        case SQUARE: OVER_VECTORS(acc[v] *= acc[v])
        case OVER: OVER_VECTORS(acc[v] /= o[v])
        case UNDER: OVER_VECTORS(acc[v] = o[v] / acc[v])
        case NEGATE: OVER_VECTORS(acc[v] = -acc[v])
        case DOUBLE: OVER_VECTORS(acc[v] += acc[v])
        case INVERSE: OVER_VECTORS(acc[v] = T(1) / acc[v])
        case SIZE: OVER_VECTORS(acc[v] = V(M(acc[v]) & Lanes<T>::SIGNLESS))
        case ROOT:
          for (T *p = (T *)o; p != (T *)(o + VECTORS); ++p) *p = std::sqrt(*p);
          break;
      }
    }
    M any = {};
    for (int64_t v = 0; v < VECTORS; ++v) {
      V norm2 = {};
      for (int64_t j = 0; j < tile.n; ++j) {
        const V slope = cells[tile.outputs[j] * VECTORS + v];
        norm2 += slope * slope;
      }
      const M bits = M(norm2) & Lanes<T>::SIGNLESS;  // in the order of norm2
      any |= ((high[v] - bits) | (bits - low)) & open[v];
    }
    typename Tile<T>::Whole seen = 0;
    for (int64_t k = 0; k < LANES; ++k) seen |= any[k];
    if (seen < 0 || n == steps) return n;
    for (int64_t j = 0; j < tile.n; ++j) {
      V *const x = cells + j * VECTORS;
      const V *const slope = cells + tile.outputs[j] * VECTORS;
      for (int64_t v = 0; v < VECTORS; ++v) x[v] -= slope[v] * eta[v];
    }
  }
}

// Euclidean length of the k-th column of rows (n, SIZE), as NumPy sums it.
template <class T, class Row>
T length(int64_t n, Row row) {
  T total = row(0) * row(0);
  for (int64_t j = 1; j < n; ++j) total += row(j) * row(j);
  return std::sqrt(total);
}

template <class T>
T slope(const Tile<T> &tile, int64_t k) {
  return length<T>(tile.n, [&](int64_t j) { return tile.cells[tile.outputs[j] * tile.SIZE + k]; });
}

template <class T>
typename Lanes<T>::whole bits(T number) {
  typename Lanes<T>::whole whole;
  std::memcpy(&whole, &number, sizeof whole);
  return whole;
}

// The bounds that hang on the start: x and ∇f are those of step 0.
template <class T>
void watch(Tile<T> &tile, const Ends<T> &ends) {
  // the slack covers the rounding of a square; who falls into it is looked at exactly
  tile.low = 1 + bits(ends.tolerance * ends.tolerance * T(1.00001));
  for (int64_t k = 0; k < tile.width; ++k) {
    tile.grown[k] = ends.grown * slope(tile, k);
    tile.reach[k] =
        ends.far *
        (T(1) + length<T>(tile.n, [&](int64_t j) { return tile.start[j * tile.SIZE + k]; }));
    const T high = tile.grown[k] * tile.grown[k] * T(0.99999);
    tile.high[k] = high >= 0 ? bits(std::min(high, std::numeric_limits<T>::max())) : 0;
  }
}

template <class T>
void settle(Tile<T> &tile, const Ends<T> &ends, int64_t k, int64_t at, int8_t code, int64_t n) {
  ends.codes[at] = code, ends.taken[at] = n;
  for (int64_t j = 0; j < tile.n; ++j) ends.x[at * tile.n + j] = tile.cells[j * tile.SIZE + k];
  tile.open[k] = 0, --tile.left;
}

// Writes down who settled at this step; the rules are those of Block.look.
template <class T>
void look(Tile<T> &tile, const Ends<T> &ends, int64_t first, int64_t n) {
  for (int64_t k = 0; k < tile.width; ++k) {
    if (!tile.open[k]) continue;
    const T norm = slope(tile, k);
    if ((norm > ends.tolerance) & (norm <= tile.grown[k])) continue;
    const T away = length<T>(tile.n, [&](int64_t j) {
      return tile.cells[j * tile.SIZE + k] - tile.start[j * tile.SIZE + k];
    });
    const bool far = !(away <= tile.reach[k]), lost = !std::isfinite(norm);
    if (lost) settle(tile, ends, k, first + k, far ? ends.diverged : ends.not_finite, n);
    else if (norm <= ends.tolerance || far)
      settle(tile, ends, k, first + k, norm <= ends.tolerance ? ends.converged : ends.diverged, n);
  }
}

// Fills the tile with the descents from `first` on; room without one repeats the first.
template <class T>
void fill(Tile<T> &tile, const Crowd<T> &crowd, int64_t first) {
  tile.width = tile.left = std::min(tile.SIZE, crowd.count - first);
  for (int64_t k = 0; k < tile.SIZE; ++k) {
    const int64_t at = first + (k < tile.width ? k : 0);
    const T *x = crowd.x + (crowd.first + at) % crowd.S * tile.n;
    for (int64_t j = 0; j < tile.n; ++j)
      tile.cells[j * tile.SIZE + k] = tile.start[j * tile.SIZE + k] = x[j];
    tile.rates[k] = crowd.eta[crowd.each ? at : 0];
    tile.open[k] = k < tile.width ? -1 : 0;
  }
}

template <class T>
void step(Tile<T> &tile) {
  for (int64_t j = 0; j < tile.n; ++j)
    for (int64_t k = 0; k < tile.SIZE; ++k)
      tile.cells[j * tile.SIZE + k] -= tile.cells[tile.outputs[j] * tile.SIZE + k] * tile.rates[k];
}

template <class T>
void over_tiles(const Tape &tape, const T *constants, const Crowd<T> &crowd, const Ends<T> &ends) {
  const std::vector<Instruction> code = Assembler(tape).assemble();
  Tile<T> tile(code, tape);
  for (int64_t c = 0; c < tape.constant_count; ++c)
    std::fill_n(tile.cells + (tape.cells - tape.constant_count + c) * tile.SIZE, tile.SIZE,
                constants[c]);
  for (int64_t first = 0; first < crowd.count; first += tile.SIZE) {
    fill(tile, crowd, first);
    run(tile, 0, 0);  // ∇f at the start
    watch(tile, ends);
    for (int64_t n = 0;; ++n, step(tile)) {
      n = run(tile, n, crowd.steps);
      look(tile, ends, first, n);
      if (n == crowd.steps || !tile.left) break;
    }
    for (int64_t k = 0; k < tile.width; ++k)
      if (tile.open[k]) settle(tile, ends, k, first + k, ends.out_of_steps, crowd.steps);
  }
}

}  // namespace

extern const Walks walks;
const Walks walks = {over_tiles<float>, over_tiles<double>};

}  // namespace spusk::SPUSK_ISA
