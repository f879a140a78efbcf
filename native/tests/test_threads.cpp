#include <atomic>
#include <vector>

#include "session/threads.hpp"
#include "tests/check.hpp"

namespace spusk {
namespace {

// Each thread counts up between barriers; nobody is ever a barrier ahead.
bool barriers_hold(int size) {
  Team team(size);
  std::vector<int> turns(size);
  std::atomic<bool> together{true};
  for (int call = 0; call < 20; ++call)
    team.run([&](int thread) {
      for (int turn = 0; turn < 50; ++turn) {
        ++turns[thread];
        team.barrier(thread);
        for (int other : turns) together = together && other == turns[thread];
        team.barrier(thread);
      }
    });
  return all_hold({expect(together && turns.back() == 1000, "a barrier holds everyone"),
                   expect(team.waited() >= 0 && team.waited() == 0, "waiting is counted once")});
}

// Where threads wait for one another, one alone is tried, and goes on if it is faster.
bool other_programs_are_seen() {
  bool good = true;
  const auto expect_seen = [&](bool seen) { good = good && seen; };
  for (const int64_t steps : {20, 5}) {  // that one alone does in a second; all together do 10
    ThreadChoice choice;
    for (int i = 0; i < 2; ++i) choice.after_team(1, 10, 2, 2), expect_seen(!choice.single());
    choice.after_team(1, 10, 0.1, 2);    // they hardly wait
    choice.after_team(0.001, 10, 1, 2);  // too short to say
    expect_seen(!choice.single());
    choice.after_team(1, 10, 1, 2);  // they do: a trial
    for (int i = 0; i < 2; ++i) {
      expect_seen(choice.single()), choice.after_single(1, steps);
      expect_seen(!choice.single()), choice.after_team(1, 10, 1, 2);
    }
    expect_seen(choice.single()), choice.after_single(1, steps);
    for (int i = 0; i < 16 && steps == 20; ++i)
      expect_seen(choice.single()), choice.after_single(1, steps);
    for (int i = 0; i < 64 && steps == 5; ++i)
      expect_seen(!choice.single()), choice.after_team(1, 10, 1, 2);
    expect_seen(!choice.single());
    choice.after_team(1, 10, 1, 2);
    expect_seen(choice.single());
  }
  return expect(good, "the faster way goes on");
}

}  // namespace

bool threads_hold() {
  return all_hold(
      {barriers_hold(1), barriers_hold(2), barriers_hold(3), other_programs_are_seen()});
}

}  // namespace spusk
