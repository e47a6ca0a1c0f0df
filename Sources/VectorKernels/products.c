#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

// Rows of a block: with 16 columns it fills 12 of AVX2's 16 registers, and the rest holds a row of b.
#define VK_ROWS 6

/// `rows` x 16 results, kept in registers over the whole depth.
VK_INLINE void multiply_block(int rows, const float *restrict a, ptrdiff_t row, ptrdiff_t step,
                              const float *restrict b, ptrdiff_t columns, ptrdiff_t depth,
                              int adding, float *restrict c) {
  vk_float16 sums[VK_ROWS];
  VK_UNROLL for (int i = 0; i < rows; i++) {
    sums[i] = adding ? *(const vk_float16 *)(c + i * columns) : (vk_float16){0};
  }
  for (ptrdiff_t k = 0; k < depth; k++) {
    vk_float16 line = *(const vk_float16 *)(b + k * columns);
    VK_UNROLL for (int i = 0; i < rows; i++) sums[i] += a[i * row + k * step] * line;
  }
  VK_UNROLL for (int i = 0; i < rows; i++) *(vk_float16 *)(c + i * columns) = sums[i];
}

VK_CLONES
void vk_multiply(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, int adding, float *c) {
  for (ptrdiff_t j = 0; j < columns; j += 16) {
    const float *line = b + j;
    float *to = c + j;
    ptrdiff_t i = 0;
    for (; i + VK_ROWS <= rows; i += VK_ROWS) {
      multiply_block(VK_ROWS, a + i * row, row, step, line, columns, depth, adding,
                     to + i * columns);
    }
    for (; i + 2 <= rows; i += 2) {
      multiply_block(2, a + i * row, row, step, line, columns, depth, adding, to + i * columns);
    }
    if (i < rows) {
      multiply_block(1, a + i * row, row, step, line, columns, depth, adding, to + i * columns);
    }
  }
}
