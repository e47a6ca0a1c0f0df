#pragma once
#include <stddef.h>
#include <string.h>

#define VK_INLINE static inline __attribute__((always_inline))
#define VK_UNROLL _Pragma("clang loop unroll(full)")

// Before a loop over channels: its iterations are independent (which the compiler cannot see from
// dozens of pointers), and one vector of channels fills the registers already.
#define VK_OVER_CHANNELS \
  _Pragma("clang loop vectorize(assume_safety) interleave(disable) unroll(disable)")

// Sixteen floats: one AVX-512 register, two of AVX2, four of SSE or NEON. `aligned(4)`: loads and
// stores may be at any float.
typedef float vk_float16 __attribute__((vector_size(64), aligned(4)));
typedef int vk_int16 __attribute__((vector_size(64), aligned(4)));
