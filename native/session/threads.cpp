#include "session/threads.hpp"

#include <chrono>

#include "session/system.hpp"

namespace spusk {

namespace {
void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

double now() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

constexpr int SOON = 100;  // turns of a wait that are not worth a look at the clock
}  // namespace

Team::Team(int size) : size_(size), process_(process_id()), waited_(size) {
  // With more threads than cores the one waited for may need this very core.
  const unsigned cores = std::thread::hardware_concurrency();
  spins_ = size <= static_cast<int>(cores) ? 4000 : 20;
  try {
    for (int thread = 1; thread < size; ++thread)
      threads_.emplace_back([=, this] { live(thread); });
  } catch (...) {  // those that are there wait for a first job
    end();
    throw;
  }
}

Team::~Team() {
  if (process_id() != process_) {  // a fork: its threads stayed in the parent, none can join them
    new std::vector<std::thread>(std::move(threads_));
    return;
  }
  end();
}

void Team::end() {
  over_.store(true);
  jobs_.fetch_add(1);
  jobs_.notify_all();
  for (std::thread &thread : threads_) thread.join();
}

double Team::wait_past(std::atomic<uint32_t> &word, uint32_t seen) const {
  double began = 0;
  for (int i = 0; i < spins_; ++i) {
    if (word.load(std::memory_order_acquire) != seen) return began ? now() - began : 0;
    if (i == SOON) began = now();
    pause();
  }
  while (word.load(std::memory_order_acquire) == seen) word.wait(seen, std::memory_order_acquire);
  return began ? now() - began : 0;
}

void Team::live(int thread) {
  for (uint32_t seen = 0;; ++seen) {
    wait_past(jobs_, seen);
    if (over_.load()) return;
    (*job_)(thread);
    barrier(thread);
  }
}

void Team::run(const std::function<void(int)> &job) {
  if (size_ == 1) return job(0);
  job_ = &job;
  jobs_.fetch_add(1, std::memory_order_seq_cst);  // as in barrier
  jobs_.notify_all();
  job(0);
  barrier(0);
}

void Team::barrier(int thread) {
  const uint32_t turn = turn_.load(std::memory_order_acquire);
  if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == static_cast<uint32_t>(size_)) {
    arrived_.store(0, std::memory_order_relaxed);
    // In one order with the count of sleepers that notify_all looks at: a mere release may become
    // visible after that look, and who falls asleep in between sleeps for ever.
    turn_.store(turn + 1, std::memory_order_seq_cst);
    turn_.notify_all();
  } else {
    waited_[thread].seconds.fetch_add(wait_past(turn_, turn), std::memory_order_relaxed);
  }
}

double Team::waited() {
  double all = 0;
  for (Waited &each : waited_) all += each.seconds.exchange(0, std::memory_order_relaxed);
  return all;
}

}  // namespace spusk
