// What differs from system to system.
#pragma once
#include <cstddef>
#include <cstdint>

namespace spusk {

// Memory of zeros, in huge pages where there are any; a page never touched costs nothing.
// Throws std::bad_alloc.
void *allocate_pages(std::size_t bytes);
void free_pages(void *memory, std::size_t bytes);

int64_t process_id();

struct Processor {
  bool avx512, avx2;  // the sets of x86-64-v4 and -v3, and a system that keeps their registers
};
Processor processor();

}  // namespace spusk
