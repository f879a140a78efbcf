// A team of threads that lives as long as its session, and a barrier that spins before it sleeps.
#pragma once
#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace spusk {

class Team {
 public:
  explicit Team(int size);  // std::system_error where the system has no thread left to give
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
  void end();
  double wait_past(std::atomic<uint32_t> &word, uint32_t seen) const;

  int size_, spins_;
  int64_t process_;
  struct alignas(64) Waited {
    std::atomic<double> seconds{0};
  };
  std::vector<Waited> waited_;
  const std::function<void(int)> *job_ = nullptr;
  alignas(64) std::atomic<uint32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> turn_{0};  // barriers passed
  alignas(64) std::atomic<uint32_t> jobs_{0};  // jobs given
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

// Other programs may want the cores: threads that meet many times a millisecond stand still
// whenever one of them is not running. Where they wait much, one alone and all together take turns,
// twice; the faster way goes on for a while.
class ThreadChoice {
 public:
  bool single() const { return single_ > 0 || trial_ % 2 == 0; }

  // After a call of all threads: its time, and how long they waited, all in all.
  void after_team(double seconds, int64_t steps, double waited, int threads) {
    if (seconds < SHORT) return;
    if (trial_ < TURNS) return tried(team_, seconds / static_cast<double>(steps));
    if (content_ > 0) --content_;
    else if (waited > MUCH * seconds * threads) trial_ = 0, one_ = team_ = FOREVER;
  }
  // After a call of one.
  void after_single(double seconds, int64_t steps) {
    if (single_ > 0) --single_;
    else if (seconds >= SHORT) tried(one_, seconds / static_cast<double>(steps));
  }

 private:
  void tried(double &best, double pace) {
    if (pace < best) best = pace;
    if (++trial_ < TURNS) return;
    if (one_ < team_) single_ = CALLS;
    else content_ = 4 * CALLS;
  }

  static constexpr double SHORT = 0.005;  // seconds of a call that say nothing: threads had to wake
  static constexpr double MUCH = 0.2;     // of their time
  static constexpr double FOREVER = 1e9;
  static constexpr int CALLS = 16;  // that go on the faster way
  static constexpr int TURNS = 5;   // of a trial, odd: one alone in the even ones, from 0 on
  int single_ = 0, content_ = 2, trial_ = TURNS;  // the first calls fetch memory and wake threads
  double one_ = 0, team_ = 0;                     // seconds a step, the best of a trial
};

}  // namespace spusk
