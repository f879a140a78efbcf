// A session: one network, one set, one batch size; everything is allocated here, nothing later.
#pragma once
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "session/plan.hpp"
#include "session/threads.hpp"

namespace spusk {

struct Request {  // what the caller wants trained, in the caller's memory
  std::vector<int64_t> sizes;
  float *theta;                  // w then b
  std::vector<int> activations;  // one per layer, numbers in the kernels' table
  int loss = 0;                  // as these two
  int update = 0;
  std::vector<double> parameters;  // of the update
  const uint8_t *pixels = nullptr;
  const float *floats = nullptr;
  const int64_t *labels = nullptr;
  const float *targets = nullptr;
  const float *weights = nullptr;
  int64_t K = 0, batch = 1;
  int threads = 0;        // 0: as many as pay
  int64_t resident = -1;  // bytes of a first layer that stays packed; -1: by the batch
};

struct StepTotals {
  double cost;
  int64_t correct, seen;
};

std::vector<std::string> instruction_sets();        // that this machine runs, best first
const Kernels *kernels_of(const std::string &isa);  // "" is the best; null where there is none

class Session {
 public:
  Session(const Request &request, const Kernels *kernels);
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  // Steps first … last−1 of the epoch in this order, at rates[0] … rates[last − first − 1], after
  // so many that were taken before
  StepTotals steps(const int64_t *order, int64_t first, int64_t last, const float *rates,
                   int64_t taken = 0);
  // One state of the update, of the shape of θ
  void read_state(int state, float *theta);
  void write_state(int state, const float *theta);
  int threads() const { return team_->size(); }
  ThreadChoice &thread_choice() { return thread_choice_; }
  const Plan &plan() const { return plan_; }

 private:
  void lay_out(const Request &request);
  void gather_team();
  void lay_out_layer(const Request &request, int at, double work);
  void choose_paths(const Request &request, double work);
  void allot(class Arena &arena);
  void allot_layer(class Arena &arena, int at);
  void allot_weights(class Arena &arena, int at);
  void allot_worker(class Arena &arena, Worker &worker);

  template <class Exchange>
  void exchange_state(int state, Exchange exchange);

  std::mutex busy_;  // two callers of one session take turns
  Plan plan_{};
  std::vector<Layer> layers_;
  std::vector<Worker> workers_;
  std::unique_ptr<Team> team_;
  ThreadChoice thread_choice_;
  bool choose_;  // how many threads: nobody said
  struct Pages {
    std::size_t bytes;
    void operator()(void *memory) const;
  };
  std::size_t bytes_ = 0;
  std::unique_ptr<void, Pages> memory_{nullptr, Pages{0}};
};

}  // namespace spusk
