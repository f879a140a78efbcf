#include "session/system.hpp"

#include <new>

#if defined(_WIN32)
#include <windows.h>
#if defined(__x86_64__)
#include <immintrin.h>
#include <intrin.h>
#endif
#else
#include <sys/mman.h>
#include <unistd.h>
#endif

namespace spusk {

#if defined(_WIN32)

void *allocate_pages(std::size_t bytes) {
  void *memory = VirtualAlloc(nullptr, bytes, MEM_RESERVE | MEM_COMMIT, PAGE_READWRITE);
  if (!memory) throw std::bad_alloc();
  return memory;
}

void free_pages(void *memory, std::size_t) { VirtualFree(memory, 0, MEM_RELEASE); }

int64_t process_id() { return GetCurrentProcessId(); }

#else

void *allocate_pages(std::size_t bytes) {
  int flags = MAP_PRIVATE | MAP_ANONYMOUS;
#if defined(MAP_NORESERVE)
  flags |= MAP_NORESERVE;
#endif
  void *memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
  if (memory == MAP_FAILED) throw std::bad_alloc();
#if defined(MADV_HUGEPAGE)
  madvise(memory, bytes, MADV_HUGEPAGE);
#endif
  return memory;
}

void free_pages(void *memory, std::size_t bytes) { munmap(memory, bytes); }

int64_t process_id() { return getpid(); }

#endif

#if !defined(__x86_64__)

Processor processor() { return {}; }

#elif defined(_WIN32)  // what the compilers' own question needs is not linked there

Processor processor() {
  int one[4], seven[4];
  __cpuidex(one, 1, 0), __cpuidex(seven, 7, 0);
  const auto has = [](int word, int bit) { return (word >> bit & 1) != 0; };
  if (!has(one[2], 27)) return {};  // the system keeps no extended registers
  unsigned low = 0, high = 0;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  const bool avx2 = (low & 6) == 6 && has(one[2], 12) && has(seven[1], 5);
  const bool avx512 = avx2 && (low & 0xe6) == 0xe6 && has(seven[1], 16) && has(seven[1], 17) &&
                      has(seven[1], 30) && has(seven[1], 31);
  return {avx512, avx2};
}

#else

Processor processor() {
  __builtin_cpu_init();
  return {__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"),
          __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")};
}

#endif

}  // namespace spusk
