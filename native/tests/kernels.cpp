// One instruction set's headers, each by itself; compiled like kernels/step.cpp.
#include "tests/test_activations.hpp"
#include "tests/test_block_sums.hpp"
#include "tests/test_gemm.hpp"
#include "tests/test_list.hpp"
#include "tests/test_lists.hpp"
#include "tests/test_losses.hpp"
#include "tests/test_neurons.hpp"
#include "tests/test_output.hpp"
#include "tests/test_simd.hpp"
#include "tests/test_small_batch.hpp"
#include "tests/test_softmax.hpp"
#include "tests/test_sparse.hpp"
#include "tests/test_update.hpp"

namespace spusk::SPUSK_ISA {

bool kernels_agree();
bool kernels_agree() {
  return all_hold({simd_holds(), list_holds(), activations_hold(), losses_hold(), update_holds(),
                   block_sums_hold(), gemm_holds(), neurons_hold(), output_holds(), lists_hold(),
                   sparse_holds(), small_batch_holds(), softmax_holds()});
}

}  // namespace spusk::SPUSK_ISA
