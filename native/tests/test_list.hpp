#pragma once
#include <cstring>

#include "ops/activations.hpp"
#include "ops/losses.hpp"
#include "ops/updates.hpp"
#include "tests/check.hpp"

namespace spusk::SPUSK_ISA {

// Each number chooses one entry of its own name
template <class Names>
static bool names_differ(const char *what) {
  constexpr auto names = Names::template table<const char *>([](auto each) { return each.NAME; });
  bool good = true;
  for (int i = 0; i < Names::COUNT; ++i) {
    int chosen = 0;
    Names::choose(i, [&](auto each) {
      ++chosen;
      good = good && !std::strcmp(each.NAME, names[i]);
    });
    good = good && chosen == 1;
    for (int j = 0; j < i; ++j) good = good && std::strcmp(names[i], names[j]);
  }
  Names::choose(Names::COUNT, [&](auto) { good = false; });
  return expect(good, what);
}

static bool list_holds() {
  return all_hold({names_differ<Activations>("the list of activations"),
                   names_differ<Losses>("the list of losses"),
                   names_differ<Updates>("the list of updates")});
}

}  // namespace spusk::SPUSK_ISA
