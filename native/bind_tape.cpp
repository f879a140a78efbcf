// The tape's door to Python: sizes and cells are checked here, since they index memory.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>

#include <stdexcept>

#include "tape.hpp"

namespace nb = nanobind;
using namespace spusk;

namespace {

using Ints = nb::ndarray<const int32_t, nb::c_contig, nb::device::cpu>;
template <class T>
using Numbers = nb::ndarray<T, nb::c_contig, nb::device::cpu>;

using Codes = nb::ndarray<int8_t, nb::c_contig, nb::device::cpu>;
using Steps = nb::ndarray<int64_t, nb::c_contig, nb::device::cpu>;

template <class T>
void walk_from_python(Ints ops, Ints outputs, Numbers<const T> constants, long cells,
                      Numbers<const T> x, Numbers<const T> eta, T tolerance,
                      Numbers<const T> grown, Numbers<const T> reach, int converged, int diverged,
                      int not_finite, Numbers<T> ends, Codes codes, Steps taken, long steps) {
  if (ops.ndim() != 2 || ops.shape(1) != 4 || x.ndim() != 2)
    throw std::invalid_argument("ops must be (count, 4) and x (n, B)");
  const long count = ops.shape(0), n = x.shape(0), B = x.shape(1);
  const long rates = eta.size(), numbers = constants.size();
  if (n + numbers > cells || static_cast<long>(outputs.size()) != n || (rates != 1 && rates != B))
    throw std::invalid_argument("cells, outputs or rates are not of this tape's sizes");
  const std::size_t points = B;
  if (grown.size() != points || reach.size() != points || codes.size() != points ||
      taken.size() != points || ends.size() != points * n)
    throw std::invalid_argument("the room for the ends is not of these sizes");
  const auto *steps_of = reinterpret_cast<const TapeStep *>(ops.data());
  for (long i = 0; i < count; ++i) {
    const TapeStep &op = steps_of[i];
    const bool inside = op.op >= ADD && op.op <= COPY && op.target >= n &&
                        op.target < cells - numbers && op.a >= 0 && op.a < cells && op.b >= 0 &&
                        op.b < cells;
    if (!inside) throw std::invalid_argument("an operation points outside the tape");
  }
  for (long j = 0; j < n; ++j)
    if (outputs.data()[j] < n || outputs.data()[j] >= cells)
      throw std::invalid_argument("an output points outside the tape");
  const TapeWalk<T> tape{steps_of, count, n, cells, constants.data(), numbers, outputs.data()};
  const Ends<T> room{tolerance,
                     grown.data(),
                     reach.data(),
                     static_cast<int8_t>(converged),
                     static_cast<int8_t>(diverged),
                     static_cast<int8_t>(not_finite),
                     ends.data(),
                     codes.data(),
                     taken.data()};
  nb::gil_scoped_release released;
  walk(tape, x.data(), B, eta.data(), rates == B, room, steps);
}

template <class T>
void define(nb::module_ &m) {
  m.def("walk", &walk_from_python<T>, nb::arg("ops"), nb::arg("outputs"),
        nb::arg("constants").noconvert(), nb::arg("cells"), nb::arg("x").noconvert(),
        nb::arg("eta").noconvert(), nb::arg("tolerance"), nb::arg("grown").noconvert(),
        nb::arg("reach").noconvert(), nb::arg("converged"), nb::arg("diverged"),
        nb::arg("not_finite"), nb::arg("ends").noconvert(), nb::arg("codes").noconvert(),
        nb::arg("taken").noconvert(), nb::arg("steps"));
}

}  // namespace

void bind_tape(nb::module_ &m) {
  define<float>(m);
  define<double>(m);
}
