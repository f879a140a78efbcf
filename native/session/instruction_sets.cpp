// Which of the compiled instruction sets this machine can run. SPUSK_SETS names them, best first,
// as SET(avx2) SET(sse2) does.
#include "session/session.hpp"
#include "session/system.hpp"
#include "tape/tape.hpp"

namespace spusk {

#define SET(ISA)                \
  namespace ISA {               \
  extern const Kernels kernels; \
  extern const Walks walks;     \
  }
SPUSK_SETS
#undef SET

namespace {

struct Set {
  const Kernels *kernels;
  const Walks *walks;
};

bool runs(const std::string &isa) {
  if (isa == "avx512") return processor().avx512;
  return isa != "avx2" || processor().avx2;
}

std::vector<Set> runnable() {
  std::vector<Set> sets;
#define SET(ISA) \
  if (runs(#ISA)) sets.push_back({&ISA::kernels, &ISA::walks});
  SPUSK_SETS
#undef SET
  return sets;
}

}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Set &set : runnable()) names.emplace_back(set.kernels->isa);
  return names;
}

const Kernels *kernels_of(const std::string &isa) {
  for (const Set &set : runnable())
    if (isa.empty() || isa == set.kernels->isa) return set.kernels;
  return nullptr;
}

const Walks *walks_of(const std::string &isa) {
  for (const Set &set : runnable())
    if (isa.empty() || isa == set.kernels->isa) return set.walks;
  return nullptr;
}

}  // namespace spusk
