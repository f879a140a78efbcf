// The tape's door to Python: sizes and cells are checked here, since they index memory.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>

#include <stdexcept>

#include "tape/tape.hpp"

namespace nb = nanobind;
using namespace spusk;

namespace {

using Ints = nb::ndarray<const int32_t, nb::c_contig, nb::device::cpu>;
template <class T>
using Numbers = nb::ndarray<T, nb::c_contig, nb::device::cpu>;

using Codes = nb::ndarray<int8_t, nb::c_contig, nb::device::cpu>;
using Steps = nb::ndarray<int64_t, nb::c_contig, nb::device::cpu>;

void check(const Tape &tape) {
  if (tape.n + tape.constant_count > tape.cells)
    throw std::invalid_argument("the tape has too few cells");
  for (int64_t i = 0; i < tape.count; ++i) {
    const TapeStep &op = tape.ops[i];
    const bool inside = op.op >= ADD && op.op <= COPY && op.target >= tape.n &&
                        op.target < tape.cells - tape.constant_count && op.a >= 0 &&
                        op.a < tape.cells && op.b >= 0 && op.b < tape.cells;
    if (!inside) throw std::invalid_argument("an operation points outside the tape");
  }
  for (int64_t j = 0; j < tape.n; ++j)
    if (tape.outputs[j] < tape.n || tape.outputs[j] >= tape.cells)
      throw std::invalid_argument("an output points outside the tape");
}

template <class T>
void walk_from_python(Ints ops, Ints outputs, Numbers<const T> constants, int64_t cells,
                      Numbers<const T> x, int64_t first, Numbers<const T> eta, T tolerance, T grown,
                      T far, int converged, int diverged, int not_finite, int out_of_steps,
                      Numbers<T> ends, Codes codes, Steps taken, int64_t steps,
                      const std::string &isa) {
  if (ops.ndim() != 2 || ops.shape(1) != 4 || x.ndim() != 2 || x.shape(0) == 0)
    throw std::invalid_argument("ops must be (count, 4) and x (S, n)");
  const int64_t S = x.shape(0), n = x.shape(1), count = codes.size(), rates = eta.size();
  if (static_cast<int64_t>(outputs.size()) != n || (rates != 1 && rates != count) || first < 0)
    throw std::invalid_argument("outputs or rates are not of this tape's sizes");
  if (static_cast<int64_t>(taken.size()) != count || static_cast<int64_t>(ends.size()) != count * n)
    throw std::invalid_argument("the room for the ends is not of these sizes");
  const Tape tape{reinterpret_cast<const TapeStep *>(ops.data()),
                  static_cast<int64_t>(ops.shape(0)),
                  n,
                  cells,
                  static_cast<int64_t>(constants.size()),
                  outputs.data()};
  check(tape);
  const Crowd<T> crowd{x.data(), S, first, eta.data(), rates != 1, count, steps};
  const auto code = [](int number) { return static_cast<int8_t>(number); };
  const Ends<T> room{tolerance,          grown,          far,
                     code(converged),    code(diverged), code(not_finite),
                     code(out_of_steps), ends.data(),    codes.data(),
                     taken.data()};
  const Walks *walks = walks_of(isa);
  if (!walks) throw std::invalid_argument("this machine cannot run " + isa);
  nb::gil_scoped_release released;
  if constexpr (std::is_same_v<T, float>) walks->floats(tape, constants.data(), crowd, room);
  else walks->doubles(tape, constants.data(), crowd, room);
}

template <class T>
void define(nb::module_ &m) {
  m.def("walk", &walk_from_python<T>, nb::arg("ops"), nb::arg("outputs"),
        nb::arg("constants").noconvert(), nb::arg("cells"), nb::arg("x").noconvert(),
        nb::arg("first"), nb::arg("eta").noconvert(), nb::arg("tolerance"), nb::arg("grown"),
        nb::arg("far"), nb::arg("converged"), nb::arg("diverged"), nb::arg("not_finite"),
        nb::arg("out_of_steps"), nb::arg("ends").noconvert(), nb::arg("codes").noconvert(),
        nb::arg("taken").noconvert(), nb::arg("steps"), nb::arg("isa"));
}

}  // namespace

void bind_tape(nb::module_ &m) {
  define<float>(m);
  define<double>(m);
}
