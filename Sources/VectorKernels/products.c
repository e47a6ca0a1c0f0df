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
  vk_float16 packed[VK_PANELS][VK_DEPTH];
  ptrdiff_t most = VK_BLOCK_VECTORS, vectors;
  for (ptrdiff_t first = 0; first < depth; first += VK_DEPTH) {
    ptrdiff_t steps = depth - first < VK_DEPTH ? depth - first : VK_DEPTH;
    for (ptrdiff_t j = 0; j < columns; j += 16 * VK_PANELS) {
      const float *from = b + first * columns + j;
      ptrdiff_t panels = columns - j < 16 * VK_PANELS ? (columns - j) / 16 : VK_PANELS;
      for (ptrdiff_t k = 0; k < steps; k++) {
        for (ptrdiff_t q = 0; q < panels; q++) {
          packed[q][k] = *(const vk_float16 *)(from + k * columns + 16 * q);
        }
      }
      for (ptrdiff_t q = 0; q < panels; q += vectors) {
        vectors = panels - q < most ? 1 : most;
        ptrdiff_t next = j + 16 * (VK_PANELS + q);
        product p = {a + first * step,  row,
                     step,              (const float *)packed[q],
                     16,                16 * VK_DEPTH,
                     steps,             c + j + 16 * q,
                     columns,           next < columns ? b + first * columns + next : NULL,
                     columns, 0};
        multiply_panel(rows, vectors, p, first > 0);
      }
    }
  }
}

/// Packs the first `steps` numbers of 16 rows of `b`, transposed: `packed[k]` holds number `k` of
/// each row. If `rows` is less than 16, the missing rows count as zeros.
VK_INLINE void pack_rows(const float *b, ptrdiff_t rows, ptrdiff_t stride, ptrdiff_t steps,
                         vk_float16 *packed) {
  ptrdiff_t k = 0;
  if (rows == 16) {
    for (; k + 16 <= steps; k += 16) {
      for (int i = 0; i < 16; i++) packed[k + i] = *(const vk_float16 *)(b + i * stride + k);
      transpose_square(packed + k);
    }
  }
  for (; k < steps; k++) {
    packed[k] = (vk_float16){0};
    for (ptrdiff_t i = 0; i < rows; i++) packed[k][i] = b[i * stride + k];
  }
}

VK_CLONES
void vk_multiply_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                      ptrdiff_t depth, float *c) {
  vk_float16 packed[VK_PANELS][VK_DEPTH];
  ptrdiff_t most = VK_BLOCK_VECTORS, vectors;
  ptrdiff_t padded = (columns + 15) / 16 * 16;
  for (ptrdiff_t j = 0; j < columns; j += 16 * VK_PANELS) {
    ptrdiff_t panels = padded - j < 16 * VK_PANELS ? (padded - j) / 16 : VK_PANELS;
    for (ptrdiff_t first = 0; first < depth; first += VK_DEPTH) {
      ptrdiff_t steps = depth - first < VK_DEPTH ? depth - first : VK_DEPTH;
      for (ptrdiff_t q = 0; q < panels; q++) {
        ptrdiff_t column = j + 16 * q, left = columns - column;
        pack_rows(b + column * depth + first, left < 16 ? left : 16, depth, steps, packed[q]);
      }
      for (ptrdiff_t q = 0; q < panels; q += vectors) {
        vectors = panels - q < most ? 1 : most;
        // The first panels read these rows of a from memory, the others from the cache.
        product p = {a + first, depth, 1,              (const float *)packed[q], 16, 16 * VK_DEPTH,
                     steps,     c + j + 16 * q, padded, NULL,                    0,  q == 0};
        multiply_panel(rows, vectors, p, first > 0);
      }
    }
  }
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
