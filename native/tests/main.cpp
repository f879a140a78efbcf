// The engine without Python, for the sanitizers: every header by itself, then whole trainings.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "session/session.hpp"

namespace spusk {

bool arena_holds();     // test_arena.cpp
bool layout_holds();    // test_layout.cpp
bool sessions_agree();  // test_session.cpp
bool system_holds();    // test_system.cpp
bool tapes_agree();     // test_tape.cpp
bool threads_hold();    // test_threads.cpp

#define SET(ISA)        \
  namespace ISA {       \
  bool kernels_agree(); \
  }
SPUSK_SETS
#undef SET

}  // namespace spusk

using namespace spusk;

int main() {
  bool good = true;
  const auto run = [&](const char *name, bool (*test)()) {
    if (test()) return;
    std::printf("%s failed\n", name);
    good = false;
  };
  for (const std::string &isa : instruction_sets()) {
#define SET(ISA) \
  if (isa == #ISA) run(#ISA, ISA::kernels_agree);
    SPUSK_SETS
#undef SET
  }
  run("arena", arena_holds);
  run("layout", layout_holds);
  run("system", system_holds);
  run("tape", tapes_agree);
  run("threads", threads_hold);
  run("session", sessions_agree);
  std::puts(good ? "all agree" : "some differ");
  return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
