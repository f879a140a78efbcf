// What a session works out before it begins.
#include <string>
#include <vector>

#include "session/session.hpp"
#include "tests/check.hpp"

namespace spusk {
namespace {

struct Shape {
  std::vector<int64_t> sizes;
  int64_t batch = 4;
  int64_t resident = -1;
  const char *update = "plain";
};

bool looks(const Shape &shape, const char *what, bool (*holds)(const Plan &)) {
  int64_t numbers = 0;
  for (std::size_t l = 0; l + 1 < shape.sizes.size(); ++l)
    numbers += (shape.sizes[l] + 1) * shape.sizes[l + 1];
  std::vector<float> theta(numbers), x(shape.sizes.front() * shape.batch);
  std::vector<int64_t> labels(shape.batch);
  Request request;
  request.sizes = shape.sizes, request.theta = theta.data(), request.floats = x.data();
  request.labels = labels.data(), request.K = request.batch = shape.batch;
  request.activations.assign(shape.sizes.size() - 1, 0);
  request.resident = shape.resident, request.threads = 1;
  const Kernels *kernels = kernels_of("");
  while (std::string(kernels->updates[request.update].name) != shape.update) ++request.update;
  request.parameters.assign(kernels->updates[request.update].parameter_count, 0.5f);
  const Session session(request, kernels);
  return expect(holds(session.plan()), what);
}

}  // namespace

bool layout_holds() {
  return all_hold(
      {looks({{9, 7, 3}}, "ten outputs or so are narrow",
             [](const Plan &p) { return p.layers[1].kind == NARROW && p.layers[1].pack; }),
       looks({{9, 7, 17}}, "seventeen outputs are dense",
             [](const Plan &p) { return p.layers[1].kind == DENSE && !p.layers[1].pack; }),
       looks({{9, 7, 800, 3}}, "wide over small under narrow is fused",
             [](const Plan &p) { return p.layers[1].fused && p.below; }),
       looks({{9, 7, 50, 3}}, "not so wide is not",
             [](const Plan &p) { return !p.layers[1].fused; }),
       looks({{900, 2000, 3}, 4, 0}, "a first layer beyond its bytes is lazy",
             [](const Plan &p) { return p.lazy && p.window == 32 && !p.layers[0].pack; }),
       looks({{900, 2000, 3}, 4, 0, "momentum"}, "but only where the update is linear",
             [](const Plan &p) { return !p.lazy && p.window == 1 && p.layers[0].pack; }),
       looks({{9, 7, 3}, 16}, "few examples go row by row",
             [](const Plan &p) { return p.row_by_row && p.layers[0].D; }),
       looks({{9, 7, 3}, 16, -1, "momentum"}, "but only where the update is linear",
             [](const Plan &p) { return !p.row_by_row && p.layers[0].W_states; }),
       looks({{9, 70000, 3}}, "many panels share blocks", [](const Plan &p) {
         return p.layers[0].panels > BLOCKS && p.layers[0].blocks == BLOCKS;
       })});
}

}  // namespace spusk
