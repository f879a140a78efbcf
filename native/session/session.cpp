#include "session/session.hpp"

#include <chrono>
#include <system_error>

#include "session/arena.hpp"
#include "session/system.hpp"

namespace spusk {

Session::Session(const Request &request, const Kernels *kernels) {
  plan_.kernels = kernels;
  choose_ = request.threads <= 0;
  lay_out(request);
  gather_team();
  plan_.barrier = [](void *team, int thread) { static_cast<Team *>(team)->barrier(thread); };
  Arena count(nullptr);
  allot(count);
  bytes_ = count.used();
  memory_ = {allocate_pages(bytes_), Pages{bytes_}};
  Arena arena(static_cast<char *>(memory_.get()));
  allot(arena);
}

void Session::Pages::operator()(void *memory) const {
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory, bytes);
#endif
  free_pages(memory, bytes);
}

// As many threads as are wanted, or half of them where the system gives no more, or half of those:
// no bit depends on it, and a limit that was just met leaves no room for anything else.
void Session::gather_team() {
  while (!team_) try {
      team_ = std::make_unique<Team>(plan_.threads);
    } catch (const std::system_error &) {
      if (plan_.threads == 1) throw;
      plan_.threads /= 2;
    }
  workers_.resize(plan_.threads);
  plan_.team = team_.get();
}

StepTotals Session::steps(const int64_t *order, int64_t first, int64_t last, const float *rates,
                          int64_t taken) {
  const std::lock_guard<std::mutex> alone(busy_);
  plan_.order = order, plan_.first = first, plan_.last = last, plan_.rates = rates;
  plan_.taken = taken;
  plan_.cost = 0, plan_.correct = plan_.seen = 0;
  using clock = std::chrono::steady_clock;
  const auto began = clock::now();
  const auto seconds = [&] { return std::chrono::duration<double>(clock::now() - began).count(); };
  plan_.threads = thread_choice_.single() ? 1 : team_->size();
  if (plan_.threads == 1) {
    plan_.update->steps(plan_, 0);
    if (thread_choice_.single()) thread_choice_.after_single(seconds(), last - first);
  } else {
    team_->waited();
    team_->run([this](int thread) { plan_.update->steps(plan_, thread); });
    if (choose_) thread_choice_.after_team(seconds(), last - first, team_->waited(), plan_.threads);
  }
  return {plan_.cost, plan_.correct, plan_.seen};
}

// exchange(number of the state, its place in θ) for all of them
template <class Exchange>
void Session::exchange_state(int state, Exchange exchange) {
  const std::lock_guard<std::mutex> alone(busy_);
  const float *theta = layers_[0].W;
  for (const Layer &l : layers_) {
    float *W = l.W_states + state * l.W_count, *b = l.b_states + state * l.b_count;
    const int64_t pw = l.kind == NARROW ? (&l - 1)->pw : l.pw;
    const auto place = [&](int64_t i, int64_t j) {  // of W_ij, in the pack or as in θ
      if (l.kind == NARROW) return i / pw * l.m * pw + j * pw + i % pw;
      return l.pack ? j / pw * l.n * pw + i * pw + j % pw : i * l.m + j;
    };
    for (int64_t i = 0; i < l.n; ++i)
      for (int64_t j = 0; j < l.m; ++j) exchange(W[place(i, j)], l.W - theta + i * l.m + j);
    for (int64_t j = 0; j < l.m; ++j) exchange(b[j], l.b - theta + j);
  }
}

void Session::read_state(int state, float *theta) {
  exchange_state(state, [=](float &inside, std::ptrdiff_t at) { theta[at] = inside; });
}

void Session::write_state(int state, const float *theta) {
  exchange_state(state, [=](float &inside, std::ptrdiff_t at) { inside = theta[at]; });
}

}  // namespace spusk
