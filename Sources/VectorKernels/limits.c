#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

/// Adds `count` x 16 independent products `turns` times; `count` is a constant.
VK_INLINE void multiply_add(int count, ptrdiff_t turns, float *results) {
  vk_float16 sums[VK_MOST_SUMS], factor = {0}, term = {0};
  for (int i = 0; i < 16; i++) {
    factor[i] = results[i];
    term[i] = results[16 + i];
  }
  VK_UNROLL for (int i = 0; i < count; i++) sums[i] = term + (float)i;
  for (ptrdiff_t turn = 0; turn < turns; turn++) {
    VK_UNROLL for (int i = 0; i < count; i++) sums[i] = sums[i] * factor + term;
  }
  vk_float16 total = {0};
  VK_UNROLL for (int i = 0; i < count; i++) total += sums[i];
  *(vk_float16 *)results = total;
}

VK_CLONES
void vk_multiply_add(int count, ptrdiff_t turns, float *results) {
  if (count == 3) {
    multiply_add(3, turns, results);
  } else if (count == 6) {
    multiply_add(6, turns, results);
  } else {
    multiply_add(VK_MOST_SUMS, turns, results);
  }
}

uint64_t vk_dependent_steps(ptrdiff_t turns, uint64_t value) {
  for (ptrdiff_t turn = 0; turn < turns; turn++) {
    value ^= value << 13;
    value ^= value >> 7;
    value ^= value << 17;
  }
  return value;
}

const char *vk_instruction_set(void) {
#if VK_HAS_CLONES
  if (__builtin_cpu_supports("x86-64-v4")) return "AVX-512";
  return __builtin_cpu_supports("x86-64-v3") ? "AVX2 and FMA" : "SSE2";
#elif defined(__ARM_NEON)
  return "NEON";
#else
  return "baseline";
#endif
}
