#include "VectorKernels.h"
#include "clones.h"
#include "products.h"
#include "squares.h"

VK_CLONES
void vk_multiply(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, int adding, float *c) {
  for (ptrdiff_t j = 0; j < columns; j += 16) {
    // Wider blocks are slower here, where rows of b are read in place.
    product p = {a, row, step, b + j, columns, 0, depth, c + j, columns, NULL, 0, 0};
    multiply_rows(rows, 1, p, adding);
  }
}

VK_CLONES
void vk_multiply_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                         ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c) {
  multiply_packing(a, row, step, b, rows, columns, depth, c);
}

VK_CLONES
void vk_multiply_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                      ptrdiff_t depth, float *c) {
  multiply_with_rows(a, b, rows, columns, depth, c);
}

VK_CLONES
void vk_transpose(const float *restrict in, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride,
                  float *restrict out) {
  // Squares of 16 x 16, so that each store fills a whole vector and few cache lines are in use.
  for (ptrdiff_t r = 0; r < rows; r += 16) {
    ptrdiff_t high = rows - r < 16 ? rows - r : 16, c = 0;
    if (high == 16) {
      for (; c + 16 <= columns; c += 16) {
        vk_float16 square[16];
        for (int i = 0; i < 16; i++) {
          square[i] = *(const vk_float16 *)(in + (r + i) * stride + c);
        }
        transpose_square(square);
        for (int i = 0; i < 16; i++) *(vk_float16 *)(out + (c + i) * rows + r) = square[i];
      }
    }
    for (; c < columns; c++) {
      for (ptrdiff_t i = 0; i < high; i++) out[c * rows + r + i] = in[(r + i) * stride + c];
    }
  }
}
