// A team of threads that lives as long as its session, and a barrier that spins before it sleeps.
#pragma once
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace spusk {

class Team {
 public:
  explicit Team(int size);
  ~Team();
  Team(const Team &) = delete;
  Team &operator=(const Team &) = delete;

  // Runs job(thread) on every thread, the caller being thread 0, and returns when all are done.
  void run(const std::function<void(int)> &job);
  void barrier(int thread);
  int size() const { return size_; }
  double waited();  // seconds, of all threads at barriers since it was last asked

 private:
  void live(int thread);
  double wait_past(std::atomic<uint32_t> &word, uint32_t seen) const;

  int size_, spins_;
  long process_;
  struct alignas(64) Waited {
    std::atomic<double> seconds{0};
  };
  std::vector<Waited> waited_;
  const std::function<void(int)> *job_ = nullptr;
  alignas(64) std::atomic<uint32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> turn_{0};   // barriers passed
  alignas(64) std::atomic<uint32_t> jobs_{0};   // jobs given
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

// Other programs may want the cores: threads that meet many times a millisecond stand still whenever
// one of them is not running. So where they wait much, one alone is tried; the faster way goes on.
class Neighbours {
 public:
  bool alone() const { return alone_ > 0; }

  // After a call of all threads: its time, and how long they waited, all in all.
  void together(double seconds, long steps, double waited, int threads) {
    if (seconds < SHORT) return;
    together_ = seconds / static_cast<double>(steps);
    if (content_ > 0) --content_;
    else if (waited > seconds * threads * MUCH) alone_ = 1, trial_ = true;
  }
  // After a call of one.
  void by_itself(double seconds, long steps) {
    if (trial_ && seconds < SHORT) return;
    --alone_;
    if (!trial_) return;
    trial_ = false;
    if (seconds / static_cast<double>(steps) < together_) alone_ = CALLS;
    else content_ = 4 * CALLS;
  }

 private:
  static constexpr double SHORT = 0.005;  // seconds of a call that say nothing: threads had to wake
  static constexpr double MUCH = 0.2;     // of their time
  static constexpr int CALLS = 8;         // until the other way may be tried
  int alone_ = 0, content_ = 0;
  bool trial_ = false;
  double together_ = 0;                   // seconds a step
};

}  // namespace spusk
