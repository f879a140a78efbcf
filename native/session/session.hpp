// A session: one network, one set, one batch size; everything is allocated here, nothing later.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "session/plan.hpp"
#include "session/threads.hpp"

namespace spusk {

struct Order {                    // what the caller wants trained, in the caller's memory
  std::vector<int64_t> sizes;
  float *theta;                   // w then b
  std::vector<int> activations;   // one per layer
  int error;
  const uint8_t *pixels = nullptr;
  const float *floats = nullptr;
  const int64_t *labels = nullptr;
  const float *targets = nullptr;
  int64_t K = 0, batch = 1;
  int threads = 0;                // 0: as many as pay
  int64_t resident = -1;             // bytes of a first layer that stays packed; -1: by the batch
};

struct Tally {
  double cost;
  int64_t correct, seen;
};

std::vector<std::string> instruction_sets();        // that this machine runs, best first
const Kernels *kernels_of(const std::string &isa);  // "" is the best; null where there is none

class Session {
 public:
  Session(const Order &order, const Kernels *kernels);
  ~Session();
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  Tally steps(const int64_t *order, int64_t first, int64_t last, float rate);
  int threads() const { return team_->size(); }
  Neighbours &neighbours() { return neighbours_; }
  const Plan &plan() const { return plan_; }

 private:
  void lay_out(const Order &order);
  void allot(class Arena &arena);
  void allot_layer(class Arena &arena, int at);
  void allot_worker(class Arena &arena, Worker &worker);

  std::mutex busy_;  // two callers of one session take turns
  Plan plan_{};
  std::vector<Layer> layers_;
  std::vector<Worker> workers_;
  std::unique_ptr<Team> team_;
  Neighbours neighbours_;
  bool choose_;      // how many threads: nobody said
  void *memory_ = nullptr;
  std::size_t bytes_ = 0;
};

}  // namespace spusk
