// Which of the compiled instruction sets this machine can run.
#include "session.hpp"

namespace spusk {

#if defined(__x86_64__)
namespace avx512 { extern const Kernels kernels; }
namespace avx2 { extern const Kernels kernels; }
namespace sse2 { extern const Kernels kernels; }
#else
namespace neon { extern const Kernels kernels; }
#endif

namespace {
std::vector<const Kernels *> runnable() {
  std::vector<const Kernels *> sets;
#if defined(__x86_64__)
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"))
    sets.push_back(&avx512::kernels);
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"))
    sets.push_back(&avx2::kernels);
  sets.push_back(&sse2::kernels);
#else
  sets.push_back(&neon::kernels);
#endif
  return sets;
}
}  // namespace

std::vector<std::string> instruction_sets() {
  std::vector<std::string> names;
  for (const Kernels *kernels : runnable()) names.emplace_back(kernels->isa);
  return names;
}

const Kernels *kernels_of(const std::string &isa) {
  for (const Kernels *kernels : runnable())
    if (isa.empty() || isa == kernels->isa) return kernels;
  return nullptr;
}

}  // namespace spusk
