// A tape of plain arithmetic, run over tiles of points: many descents of one function at once.
#pragma once
#include <cstdint>

namespace spusk {

// The order is that of functions/tape.py's NATIVE.
enum TapeOp : int32_t { ADD, SUB, MUL, DIV, NEG, SQRT, ABS, INV, COPY };

struct TapeStep {
  int32_t op, target, a, b;  // cells; b is a again where an operation takes one operand
};

template <class T>
struct TapeWalk {
  const TapeStep *ops;
  long count;
  long n, cells;         // variables; variables, scratch and constants together
  const T *constants;    // the values of the last cells
  long constant_count;
  const int32_t *outputs;  // the cell of each component of the gradient
};

// When a descent has settled, as descent/block.py has it.
template <class T>
struct Ends {
  T tolerance;
  const T *grown, *reach;                  // (B,): how large ∇f, how far x, when it runs away
  int8_t converged, diverged, not_finite;  // what to write
  T *x;                                    // (n, B): where each settled, or was at the last step
  int8_t *codes;                           // (B,): left alone for who has not settled
  int64_t *taken;                          // (B,): the step at which it settled
};

// At most `steps` steps of x ← x − η∇f for the B points of x (n, B), each until it settles; η is one
// number, or one for each point. Every operation rounds once, in the order of the tape: the numbers
// are NumPy's to the last bit.
void walk(const TapeWalk<float> &tape, const float *x, long B, const float *eta, bool each,
          const Ends<float> &ends, long steps);
void walk(const TapeWalk<double> &tape, const double *x, long B, const double *eta, bool each,
          const Ends<double> &ends, long steps);

}  // namespace spusk
