// Which of the compiled instruction sets this machine can run.
#include "session/session.hpp"
#include "tape/tape.hpp"

namespace spusk {

#if defined(__x86_64__)
namespace avx512 { extern const Kernels kernels; extern const Walks walks; }
namespace avx2 { extern const Kernels kernels; extern const Walks walks; }
namespace sse2 { extern const Kernels kernels; extern const Walks walks; }
#else
namespace neon { extern const Kernels kernels; extern const Walks walks; }
#endif

namespace {
struct Set {
  const Kernels *kernels;
  const Walks *walks;
};

std::vector<Set> runnable() {
  std::vector<Set> sets;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    sets.push_back({&avx512::kernels, &avx512::walks});
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    sets.push_back({&avx2::kernels, &avx2::walks});
  sets.push_back({&sse2::kernels, &sse2::walks});
#else
  sets.push_back({&neon::kernels, &neon::walks});
#endif
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
