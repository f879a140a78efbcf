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
  void barrier();
  int size() const { return size_; }

 private:
  void live(int thread);
  void wait_past(std::atomic<uint32_t> &word, uint32_t seen) const;

  int size_, spins_;
  long process_;
  const std::function<void(int)> *job_ = nullptr;
  alignas(64) std::atomic<uint32_t> arrived_{0};
  alignas(64) std::atomic<uint32_t> turn_{0};   // barriers passed
  alignas(64) std::atomic<uint32_t> jobs_{0};   // jobs given
  std::atomic<bool> over_{false};
  std::vector<std::thread> threads_;
};

}  // namespace spusk
