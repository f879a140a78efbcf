#include <new>

#include "session/system.hpp"
#include "tests/check.hpp"

namespace spusk {

bool system_holds() {
  const std::size_t bytes = 3 << 20;
  auto *memory = static_cast<unsigned char *>(allocate_pages(bytes));
  bool zeros = true;
  for (std::size_t i = 0; i < bytes; i += 4096) zeros = zeros && memory[i] == 0, memory[i] = 1;
  free_pages(memory, bytes);
  bool refused = false;
  try {
    free_pages(allocate_pages(~std::size_t{0} >> 1), 1);
  } catch (const std::bad_alloc &) {
    refused = true;
  }
  const Processor here = processor();
  return all_hold({expect(zeros, "fresh pages are zeros"),
                   expect(refused, "too many bytes are a bad_alloc"),
                   expect(here.avx2 || !here.avx512, "AVX-512 comes with AVX2"),
                   expect(process_id() == process_id() && process_id() > 0, "a process's number")});
}

}  // namespace spusk
