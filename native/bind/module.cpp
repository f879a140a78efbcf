// The door to Python: checks nothing that engines/native.py has checked, holds what it uses.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <memory>
#include <optional>
#include <stdexcept>

#include "session/session.hpp"

namespace nb = nanobind;
using namespace spusk;

using Theta = nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Pixels = nb::ndarray<const uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Rows = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

namespace {

struct Held {  // arrays stay alive as long as the session that reads them
  std::optional<Theta> theta;
  nb::object x, answers;
  int64_t K = 0, batch = 1;
  std::unique_ptr<Session> session;
};

Order ordered(const std::vector<int64_t> &sizes, const Theta &theta,
              const std::vector<int> &activations, int error, int64_t batch, int threads) {
  Order order;
  order.sizes = sizes, order.theta = const_cast<float *>(theta.data());
  order.activations = activations, order.error = error;
  order.batch = batch, order.threads = threads;
  int64_t numbers = 0;
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l) numbers += (sizes[l] + 1) * sizes[l + 1];
  if (static_cast<int64_t>(theta.shape(0)) != numbers)
    throw std::invalid_argument("theta is not of these sizes");
  return order;
}

void see_inputs(Order &order, nb::handle x) {
  Pixels pixels;
  Rows floats;
  if (nb::try_cast(x, pixels, false)) {
    order.pixels = pixels.data(), order.K = static_cast<int64_t>(pixels.shape(0));
    if (static_cast<int64_t>(pixels.shape(1)) != order.sizes.front())
      throw std::invalid_argument("x is not of these sizes");
    if (pixels.shape(1) >> 24)  // a pixel's place and value share a word while they are listed
      throw std::invalid_argument("x has over 16,777,215 pixels a row; give it as float32");
  } else if (nb::try_cast(x, floats, false)) {
    order.floats = floats.data(), order.K = static_cast<int64_t>(floats.shape(0));
    if (static_cast<int64_t>(floats.shape(1)) != order.sizes.front())
      throw std::invalid_argument("x is not of these sizes");
  } else {
    throw std::invalid_argument("x must be C-contiguous uint8 or float32 (K, n)");
  }
}

void see_answers(Order &order, nb::handle answers) {
  Numbers labels;
  Rows targets;
  if (nb::try_cast(answers, labels, false)) {
    order.labels = labels.data();
    if (static_cast<int64_t>(labels.shape(0)) != order.K)
      throw std::invalid_argument("labels are not as many as x");
  } else if (nb::try_cast(answers, targets, false)) {
    order.targets = targets.data();
    if (static_cast<int64_t>(targets.shape(0)) != order.K ||
        static_cast<int64_t>(targets.shape(1)) != order.sizes.back())
      throw std::invalid_argument("y is not of these sizes");
  } else {
    throw std::invalid_argument("answers must be int64 labels (K,) or float32 y (K, m)");
  }
}

const Kernels *known(const std::string &isa) {
  const Kernels *kernels = kernels_of(isa);
  if (!kernels) throw std::invalid_argument("this machine can't run " + isa);
  return kernels;
}

}  // namespace

void bind_tape(nb::module_ &m);

NB_MODULE(_native, m) {
  bind_tape(m);
  m.def("instruction_sets", &instruction_sets);
  m.def("compiled", [](const std::string &isa) { return known(isa)->compiled; }, nb::arg("isa"));
  nb::class_<Held>(m, "Session")
      .def("__init__",
           [](Held *self, const std::vector<int64_t> &sizes, Theta theta,
              const std::vector<int> &activations, int error, nb::object x, nb::object answers,
              int64_t batch, int threads, const std::string &isa, int64_t resident) {
             const Kernels *kernels = known(isa);
             Order order = ordered(sizes, theta, activations, error, batch, threads);
             order.resident = resident;
             see_inputs(order, x);
             see_answers(order, answers);
             new (self) Held{theta, x, answers, order.K, batch, nullptr};
             self->session = std::make_unique<Session>(order, kernels);
           },
           nb::arg("sizes"), nb::arg("theta"), nb::arg("activations"), nb::arg("error"), nb::arg("x"),
           nb::arg("answers"), nb::arg("batch"), nb::arg("threads"), nb::arg("isa"),
           nb::arg("resident") = -1)
      .def_prop_ro("threads", [](const Held &h) { return h.session->threads(); })
      .def_prop_ro("window", [](const Held &h) { return h.session->plan().window; })
      .def_prop_ro("layout",
                   [](const Held &h) {  // of each layer: panels, neurons in a panel, blocks
                     const Plan &plan = h.session->plan();
                     std::vector<std::tuple<int64_t, int64_t, int64_t>> layout;
                     for (const Layer *l = plan.layers; l < plan.layers + plan.depth; ++l)
                       layout.emplace_back(l->panels, l->pw, l->blocks);
                     return layout;
                   })
      .def_prop_ro("isa", [](const Held &h) { return std::string(h.session->plan().kernels->isa); })
      .def("steps", [](Held &h, Numbers order, int64_t first, int64_t last, float rate) {
        const int64_t steps = (h.K + h.batch - 1) / h.batch;
        if (static_cast<int64_t>(order.shape(0)) != h.K || first < 0 || last > steps || first > last)
          throw std::invalid_argument("these steps are not in the epoch");
        for (int64_t i = 0; i < h.K; ++i)
          if (static_cast<uint64_t>(order.data()[i]) >= static_cast<uint64_t>(h.K))
            throw std::invalid_argument("the order names a precedent that is not there");
        nb::gil_scoped_release free;
        const Tally t = h.session->steps(order.data(), first, last, rate);
        return std::make_tuple(t.cost, t.correct, t.seen);
      });
}
