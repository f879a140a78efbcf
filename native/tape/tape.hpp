// A tape of plain arithmetic, run over tiles of points: many descents of one function at once.
#pragma once
#include <cstdint>
#include <string>

namespace spusk {

// The order is that of functions/tape.py's NATIVE.
enum TapeOp : int32_t { ADD, SUB, MUL, DIV, NEG, SQRT, ABS, INV, COPY };

struct TapeStep {
  int32_t op, target, a, b;  // cells; b is a again where an operation takes one operand
};

struct Tape {
  const TapeStep *ops;
  int64_t count;
  int64_t n, cells;        // variables; variables, scratch and constants together
  int64_t constant_count;  // the last cells
  const int32_t *outputs;  // the cell of each component of the gradient
};

// The descents: where they begin, at which rates, for how long.
template <class T>
struct Crowd {
  const T *x;  // (S, n) the starts; the k-th descent begins at start (first + k) mod S
  int64_t S, first;
  const T *eta;  // one rate, or one for each descent
  bool each;
  int64_t count, steps;
};

// When a descent has settled, as descent/batch_block.py has it, and where that is written down.
template <class T>
struct Ends {
  T tolerance, grown, far;  // of ‖∇f‖; how far it may grow, and x may run, in units of the start's
  int8_t converged, diverged, not_finite, out_of_steps;  // what to write
  T *x;                                                  // (count, n): where each settled
  int8_t *codes;                                         // (count,)
  int64_t *taken;                                        // (count,): the step at which it settled
};

// Steps of x ← x − η∇f, each descent until it settles. Every operation rounds once, in the order of
// the tape: the numbers are NumPy's to the last bit.
template <class T>
using Walk = void (*)(const Tape &, const T *constants, const Crowd<T> &, const Ends<T> &);

// One per instruction set; the numbers do not depend on it.
struct Walks {
  Walk<float> floats;
  Walk<double> doubles;
};
const Walks *walks_of(const std::string &isa);  // of the best where it is empty; null: not here

}  // namespace spusk
