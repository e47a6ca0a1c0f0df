#pragma once
#include <stddef.h>
#include <string.h>

#define VK_INLINE static inline __attribute__((always_inline))
#define VK_UNROLL _Pragma("clang loop unroll(full)")

// Placed before a loop over channels. It states that the iterations are independent, which the
// compiler cannot prove for dozens of pointers. Interleaving and unrolling are off because one
// vector of channels already fills the registers.
#define VK_OVER_CHANNELS \
  _Pragma("clang loop vectorize(assume_safety) interleave(disable) unroll(disable)")

// Sixteen floats: one AVX-512 register, two of AVX2, four of SSE or NEON. `aligned(4)` allows loads
// and stores at the address of any float.
typedef float vk_float16 __attribute__((vector_size(64), aligned(4)));
typedef int vk_int16 __attribute__((vector_size(64), aligned(4)));
