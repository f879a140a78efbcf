#include <cstdint>
#include <vector>

#include "session/arena.hpp"
#include "tests/check.hpp"

namespace spusk {

bool arena_holds() {
  Arena count(nullptr);
  const int64_t sizes[] = {1, 31, 0, 32, 33, 1000};
  bool good = true;
  for (int64_t size : sizes)
    good = expect(!count.take<float>(size), "counting gives nothing") && good;
  alignas(128) static char memory[8192];
  good = expect(count.used() <= sizeof memory, "the sizes fit") && good;
  Arena arena(memory);
  char *end = memory;
  for (int64_t size : sizes) {
    float *p = arena.take<float>(size);
    const auto place = reinterpret_cast<uintptr_t>(p);
    good = expect(place % 128 == 0, "an array begins a pair of lines") && good;
    good = expect(reinterpret_cast<char *>(p) >= end, "arrays lie one after the other") && good;
    for (int64_t i = 0; i < size; ++i) p[i] = 1;
    end = reinterpret_cast<char *>(p + size);
  }
  good = expect(arena.used() == count.used(), "handing out takes what was counted") && good;
#if defined(__SANITIZE_ADDRESS__)
  __asan_unpoison_memory_region(memory, sizeof memory);
#endif
  return good;
}

}  // namespace spusk
