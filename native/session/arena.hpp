// One allocation for all arrays of a session.
#pragma once
#include <cstddef>
#include <cstdint>

namespace spusk {

#if defined(__SANITIZE_ADDRESS__)
extern "C" void __asan_poison_memory_region(void const volatile *, std::size_t);
extern "C" void __asan_unpoison_memory_region(void const volatile *, std::size_t);
constexpr std::size_t GAP = 256;  // a fence behind every array
#else
constexpr std::size_t GAP = 0;
#endif

// Runs twice over the same requests: first to count, then to hand out.
class Arena {
 public:
  explicit Arena(char *base) : base_(base) {}
  template <class T>
  T *take(int64_t count) {
    const std::size_t at = used_;
    const std::size_t end = at + static_cast<std::size_t>(count) * sizeof(T);
    used_ = (end + GAP + 127) / 128 * 128;
#if defined(__SANITIZE_ADDRESS__)
    if (base_) __asan_poison_memory_region(base_ + (end + 7) / 8 * 8, used_ - (end + 7) / 8 * 8);
#endif
    return base_ ? reinterpret_cast<T *>(base_ + at) : nullptr;
  }
  std::size_t used() const { return used_; }

 private:
  char *base_;
  std::size_t used_ = 0;
};

}  // namespace spusk
