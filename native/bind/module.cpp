// The door to Python: checks all that indexes memory, holds what it uses.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <stdexcept>

#include "session/session.hpp"

namespace nb = nanobind;
using namespace spusk;

using Theta = nb::ndarray<float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Pixels = nb::ndarray<const uint8_t, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Rates = nb::ndarray<const float, nb::ndim<1>, nb::c_contig, nb::device::cpu>;
using Rows = nb::ndarray<const float, nb::ndim<2>, nb::c_contig, nb::device::cpu>;
using Numbers = nb::ndarray<const int64_t, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

namespace {

struct Held {  // arrays stay alive as long as the session that reads them
  std::optional<Theta> theta;
  nb::object x, answers, weights;
  int64_t K = 0, batch = 1;
  std::unique_ptr<Session> session;
};

Request request_for(const std::vector<int64_t> &sizes, const Theta &theta, int64_t batch,
                    int threads, int64_t resident) {
  if (sizes.size() < 2 || *std::min_element(sizes.begin(), sizes.end()) < 1 || batch < 1)
    throw std::invalid_argument("sizes or a batch of less than one");
  Request request;
  request.sizes = sizes, request.theta = const_cast<float *>(theta.data());
  request.batch = batch, request.threads = threads, request.resident = resident;
  int64_t numbers = 0;
  for (std::size_t l = 0; l + 1 < sizes.size(); ++l) numbers += (sizes[l] + 1) * sizes[l + 1];
  if (static_cast<int64_t>(theta.shape(0)) != numbers)
    throw std::invalid_argument("theta is not of these sizes");
  return request;
}

// Numbers of the tables, since they index code
void choose_ops(Request &request, const Kernels &kernels, const std::vector<int> &activations,
                int loss, int update, const std::vector<double> &parameters) {
  const auto inside = [](int number, int count) { return number >= 0 && number < count; };
  bool known = inside(loss, kernels.loss_count) && inside(update, kernels.update_count) &&
               activations.size() + 1 == request.sizes.size();
  for (int activation : activations) known = known && inside(activation, kernels.activation_count);
  if (!known || parameters.size() != kernels.updates[update].parameter_count)
    throw std::invalid_argument("no such activation, loss or update, or not its parameters");
  request.activations = activations, request.loss = loss;
  request.update = update, request.parameters = parameters;
}

void read_inputs(Request &request, nb::handle x) {
  Pixels pixels;
  Rows floats;
  if (nb::try_cast(x, pixels, false)) {
    request.pixels = pixels.data(), request.K = static_cast<int64_t>(pixels.shape(0));
    if (static_cast<int64_t>(pixels.shape(1)) != request.sizes.front())
      throw std::invalid_argument("x is not of these sizes");
    if (pixels.shape(1) >> 24)  // a pixel's place and value share a word while they are listed
      throw std::invalid_argument("x has over 16,777,215 pixels a row; give it as float32");
  } else if (nb::try_cast(x, floats, false)) {
    request.floats = floats.data(), request.K = static_cast<int64_t>(floats.shape(0));
    if (static_cast<int64_t>(floats.shape(1)) != request.sizes.front())
      throw std::invalid_argument("x is not of these sizes");
  } else {
    throw std::invalid_argument("x must be C-contiguous uint8 or float32 (K, n)");
  }
  if (request.K < 1) throw std::invalid_argument("x has no rows");
}

void read_answers(Request &request, nb::handle answers) {
  Numbers labels;
  Rows targets;
  if (nb::try_cast(answers, labels, false)) {
    request.labels = labels.data();
    if (static_cast<int64_t>(labels.shape(0)) != request.K)
      throw std::invalid_argument("labels are not as many as x");
    const auto beyond = [&](int64_t label) { return label < 0 || label >= request.sizes.back(); };
    if (std::any_of(request.labels, request.labels + request.K, beyond))
      throw std::invalid_argument("a label is none of the outputs");
  } else if (nb::try_cast(answers, targets, false)) {
    request.targets = targets.data();
    if (static_cast<int64_t>(targets.shape(0)) != request.K ||
        static_cast<int64_t>(targets.shape(1)) != request.sizes.back())
      throw std::invalid_argument("y is not of these sizes");
  } else {
    throw std::invalid_argument("answers must be int64 labels (K,) or float32 y (K, m)");
  }
}

void read_weights(Request &request, nb::handle weights) {
  Rates each;
  if (weights.is_none()) return;
  if (!nb::try_cast(weights, each, false) || static_cast<int64_t>(each.shape(0)) != request.K)
    throw std::invalid_argument("weights must be float32 (K,), or None");
  request.weights = each.data();
}

const Kernels *known(const std::string &isa) {
  const Kernels *kernels = kernels_of(isa);
  if (!kernels) throw std::invalid_argument("this machine can't run " + isa);
  return kernels;
}

// The tables: name -> parameters, in the order of their numbers
nb::dict names() {
  const Kernels &kernels = *known("");
  nb::dict activations, losses, updates, all;
  for (int i = 0; i < kernels.activation_count; ++i)
    activations[kernels.activations[i].name] = std::vector<std::string>();
  for (int i = 0; i < kernels.loss_count; ++i)
    losses[kernels.losses[i].name] = std::vector<std::string>();
  for (int i = 0; i < kernels.update_count; ++i) {
    const UpdateInfo &update = kernels.updates[i];
    updates[update.name] =
        std::vector<std::string>(update.parameters, update.parameters + update.parameter_count);
  }
  all["activations"] = activations, all["losses"] = losses, all["updates"] = updates;
  return all;
}

void check_state(const Held &h, int state, std::size_t numbers) {
  if (state < 0 || state >= h.session->plan().update->states || numbers != h.theta->shape(0))
    throw std::invalid_argument("no such state, or not of the shape of theta");
}

}  // namespace

void bind_tape(nb::module_ &m);

NB_MODULE(_native, m) {
  bind_tape(m);
  m.def("instruction_sets", &instruction_sets);
  m.def("names", &names);
  m.def(
      "compiled", [](const std::string &isa) { return known(isa)->compiled; }, nb::arg("isa"));
  nb::class_<Held>(m, "Session")
      .def(
          "__init__",
          [](Held *self, const std::vector<int64_t> &sizes, Theta theta,
             const std::vector<int> &activations, int loss, nb::object x, nb::object answers,
             int64_t batch, int threads, const std::string &isa, int64_t resident, int update,
             const std::vector<double> &parameters, nb::object weights) {
            const Kernels *kernels = known(isa);
            Request request = request_for(sizes, theta, batch, threads, resident);
            choose_ops(request, *kernels, activations, loss, update, parameters);
            read_inputs(request, x);
            read_answers(request, answers);
            read_weights(request, weights);
            new (self) Held{theta, x, answers, weights, request.K, batch, nullptr};
            self->session = std::make_unique<Session>(request, kernels);
          },
          nb::arg("sizes"), nb::arg("theta"), nb::arg("activations"), nb::arg("loss"), nb::arg("x"),
          nb::arg("answers"), nb::arg("batch"), nb::arg("threads"), nb::arg("isa"),
          nb::arg("resident"), nb::arg("update"), nb::arg("parameters"),
          nb::arg("weights").none() = nb::none())
      .def_prop_ro("threads", [](const Held &h) { return h.session->threads(); })
      .def_prop_ro("window", [](const Held &h) { return h.session->plan().window; })
      .def_prop_ro("states", [](const Held &h) { return h.session->plan().update->states; })
      .def_prop_ro("layout",
                   [](const Held &h) {  // of each layer: panels, neurons in a panel, blocks
                     const Plan &plan = h.session->plan();
                     std::vector<std::tuple<int64_t, int64_t, int64_t>> layout;
                     for (const Layer *l = plan.layers; l < plan.layers + plan.depth; ++l)
                       layout.emplace_back(l->panels, l->pw, l->blocks);
                     return layout;
                   })
      .def_prop_ro("isa", [](const Held &h) { return std::string(h.session->plan().kernels->isa); })
      .def("steps",
           [](Held &h, Numbers order, int64_t first, int64_t last, Rates rates, int64_t taken) {
             const int64_t steps = (h.K + h.batch - 1) / h.batch;
             if (static_cast<int64_t>(order.shape(0)) != h.K || first < 0 || last > steps ||
                 first > last || static_cast<int64_t>(rates.shape(0)) != last - first)
               throw std::invalid_argument("these steps are not in the epoch, or not their rates");
             for (int64_t i = 0; i < h.K; ++i)
               if (static_cast<uint64_t>(order.data()[i]) >= static_cast<uint64_t>(h.K))
                 throw std::invalid_argument("the order names an example that is not there");
             nb::gil_scoped_release free;
             const StepTotals t = h.session->steps(order.data(), first, last, rates.data(), taken);
             return std::make_tuple(t.cost, t.correct, t.seen);
           })
      .def("read_state",
           [](Held &h, int state, Theta into) {
             check_state(h, state, into.shape(0));
             h.session->read_state(state, into.data());
           })
      .def("write_state", [](Held &h, int state, Rates from) {
        check_state(h, state, from.shape(0));
        h.session->write_state(state, from.data());
      });
}
