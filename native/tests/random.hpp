// Numbers for tests of kernels: the same on every system, in arrays of this instruction set's own.
#pragma once
#include <cstdint>
#include <cstdlib>
#include <vector>

namespace spusk::SPUSK_ISA {

template <class T>
struct Own {
  using value_type = T;
  Own() = default;
  template <class U>
  Own(const Own<U> &) {}
  T *allocate(std::size_t count) { return static_cast<T *>(std::malloc(count * sizeof(T))); }
  void deallocate(T *p, std::size_t) { std::free(p); }
  bool operator==(const Own &) const = default;
};
template <class T>
using Array = std::vector<T, Own<T>>;

struct Noise {
  uint32_t state = 1;
  float operator()() {  // in [-1, 1)
    state = state * 1664525u + 1013904223u;
    return static_cast<float>(static_cast<int32_t>(state) >> 8) * (1.0f / (1 << 23));
  }
  Array<float> many(int64_t count) {
    Array<float> numbers(count);
    for (float &x : numbers) x = (*this)();
    return numbers;
  }
};

}  // namespace spusk::SPUSK_ISA
