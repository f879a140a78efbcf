// A list of types: what is chosen by number at run time, and its name.
#pragma once
#include <array>
#include "kernels/simd.hpp"

namespace spusk::SPUSK_ISA {

template <class... Each>
struct List {
  static constexpr int COUNT = sizeof...(Each);

  // work(the one of that number)
  template <class Work>
  INLINE void choose(int number, Work work) {
    int at = 0;
    (void)((at++ == number && (work(Each{}), true)) || ...);
  }

  // make(one) of each
  template <class Entry, class Make>
  static constexpr std::array<Entry, COUNT> table(Make make) {
    return {make(Each{})...};
  }
};

}  // namespace spusk::SPUSK_ISA
