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

// steps of x ← x − η∇f for the B points of x (n, B); η is one number, or one for each point. Leaves
// ‖∇f‖ at the last x in norms (B,). Every operation rounds once, in the order of the tape: the
// numbers are NumPy's to the last bit.
void walk(const TapeWalk<float> &tape, float *x, long B, const float *eta, bool each, float *norms,
          long steps);
void walk(const TapeWalk<double> &tape, double *x, long B, const double *eta, bool each,
          double *norms, long steps);

}  // namespace spusk
