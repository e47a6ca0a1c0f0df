#pragma once
#include "VectorKernels.h"

// The names of all kernels. run.sh compares the list with the declarations in the headers.
#define FOR_EACH_KERNEL(X)       \
  X(vk_gather_normalised)        \
  X(vk_add_bias)                 \
  X(vk_prefetch)                 \
  X(vk_add)                      \
  X(vk_relu)                     \
  X(vk_relu_gradient)            \
  X(vk_pass_gradient)            \
  X(vk_windows)                  \
  X(vk_add_windows)              \
  X(vk_multiply)                 \
  X(vk_multiply_packing)         \
  X(vk_multiply_rows)            \
  X(vk_transpose)                \
  X(vk_has_bfloat16)             \
  X(vk_pair_neighbours)          \
  X(vk_pair_rows)                \
  X(vk_multiply_pairs_packing)   \
  X(vk_multiply_pairs_rows)      \
  X(vk_convolve_direct)          \
  X(vk_convolve_direct_gradient) \
  X(vk_max_pool)                 \
  X(vk_max_pool_gradient)        \
  X(vk_copy_uncached)            \
  X(vk_adam)                     \
  X(vk_sgd)                      \
  X(vk_sgd_momentum)             \
  X(vk_multiply_add)             \
  X(vk_dependent_steps)          \
  X(vk_instruction_set)          \
  X(vk_winograd_input)           \
  X(vk_winograd_input_adjoint)   \
  X(vk_winograd_output)          \
  X(vk_winograd_output_pooled)   \
  X(vk_winograd_gradient)        \
  X(vk_winograd_gradient_pooled) \
  X(vk_winograd_weights)         \
  X(vk_winograd_weights_adjoint)

/// The kernels of one library: one function pointer for each, with the kernel's name and type.
typedef struct {
#define KERNEL(name) __typeof__(&name) name;
  FOR_EACH_KERNEL(KERNEL)
#undef KERNEL
} kernel_table;
