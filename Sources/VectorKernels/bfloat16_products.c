#include "VectorKernels.h"

// Products with factors in bfloat16. Two of them share the place of one number: a step of the shared
// loops in products.h then adds two products to each sum, with twice the throughput of a multiply-add.

#if defined(__x86_64__) && defined(__clang__) && !defined(VK_NO_BFLOAT16)
#include <immintrin.h>

int vk_has_bfloat16(void) { return __builtin_cpu_supports("avx512bf16") != 0; }

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx512bf16"))), apply_to = function)

#include "lanes.h"

VK_INLINE vk_float16 add_products(vk_float16 sums, float pair, vk_float16 line) {
  __m512 both = _mm512_set1_ps(pair);
  return (vk_float16)_mm512_dpbf16_ps((__m512)sums, (__m512bh)both, (__m512bh)line);
}

#define VK_BLOCK_VECTORS 2
#define VK_ADD_PRODUCTS(sums, pair, line) (sums) = add_products(sums, pair, line)
#include "products.h"

/// 16 pairs of the numbers at `first` and at `second`, rounded to the nearest.
VK_INLINE __m512i rounded(const float *first, const float *second) {
  return (__m512i)_mm512_cvtne2ps_pbh(_mm512_loadu_ps(second), _mm512_loadu_ps(first));
}

void vk_pair_neighbours(const float *numbers, ptrdiff_t count, float *pairs) {
  ptrdiff_t i = 0;
  for (; i + 32 <= count; i += 32) {
    _mm512_storeu_si512(pairs + i / 2, rounded(numbers + i, numbers + i + 16));
  }
  if (i == count) return;
  __m512i last = rounded(numbers + i, numbers + i);
  _mm256_storeu_si256((__m256i *)(pairs + i / 2), _mm512_castsi512_si256(last));
}

void vk_pair_rows(const float *matrix, ptrdiff_t rows, ptrdiff_t columns, float *pairs) {
  const float zeros[16] = {0};
  short order[32];
  for (int i = 0; i < 32; i++) order[i] = (short)(i / 2 + i % 2 * 16);
  __m512i interleaved = _mm512_loadu_si512(order);
  for (ptrdiff_t r = 0; r < rows; r += 2) {
    for (ptrdiff_t c = 0; c < columns; c += 16) {
      const float *first = matrix + r * columns + c;
      __m512i both = rounded(first, r + 1 < rows ? first + columns : zeros);
      _mm512_storeu_si512(pairs + r / 2 * columns + c, _mm512_permutexvar_epi16(interleaved, both));
    }
  }
}

void vk_multiply_pairs_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                               ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c) {
  multiply_packing(a, row, step, b, rows, columns, depth, c);
}

void vk_multiply_pairs_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                            ptrdiff_t depth, float *c) {
  multiply_with_rows(a, b, rows, columns, depth, c);
}

#pragma clang attribute pop
#else
#define VK_UNAVAILABLE() { __builtin_trap(); }
int vk_has_bfloat16(void) { return 0; }
void vk_pair_neighbours(const float *n, ptrdiff_t count, float *pairs) VK_UNAVAILABLE()
void vk_pair_rows(const float *m, ptrdiff_t rows, ptrdiff_t cols, float *pairs) VK_UNAVAILABLE()
void vk_multiply_pairs_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                               ptrdiff_t m, ptrdiff_t n, ptrdiff_t k, float *c) VK_UNAVAILABLE()
void vk_multiply_pairs_rows(const float *a, const float *b, ptrdiff_t m, ptrdiff_t n, ptrdiff_t k,
                            float *c) VK_UNAVAILABLE()
#endif
