// What every test here says when something is wrong. Static, not inline: this file is compiled for
// several instruction sets.
#pragma once
#include <cmath>
#include <cstdio>
#include <initializer_list>

namespace spusk {

// Whether it holds; a line where it does not
[[maybe_unused]] static bool expect(bool holds, const char *what) {
  if (!holds) std::printf("wrong: %s\n", what);
  return holds;
}

[[maybe_unused]] static bool all_hold(std::initializer_list<bool> tests) {
  bool good = true;
  for (bool each : tests) good = good && each;
  return good;
}

[[maybe_unused]] static bool near(double found, double wanted, double tolerance) {
  return std::fabs(found - wanted) <= tolerance * (1 + std::fabs(wanted));
}

}  // namespace spusk
