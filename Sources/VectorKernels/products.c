#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

// Six rows of 16 results fill 12 of AVX2's 16 registers; the rest holds a row of b and an element
// of a. They are kept there over the whole depth: every step is two loads, six broadcasts and
// twelve multiply-adds.

/// A part of `c = a b` that is computed in one go: 16 columns of b and c.
typedef struct {
  /// First element of a, and numbers to the element of the next row and of the next step.
  const float *a;
  ptrdiff_t row, step;
  /// First element of b, and numbers to the next step.
  const float *b;
  ptrdiff_t b_step, depth;
  /// First element of c, and numbers to the next row.
  float *c;
  ptrdiff_t c_row;
  /// What will be packed next, at the first step, or NULL; fetched into the cache meanwhile.
  const float *next;
  ptrdiff_t next_step;
} product;

/// `rows` x 16 results.
VK_INLINE void multiply_block(int rows, product p, int adding) {
  vk_float16 sums[6];
  VK_UNROLL for (int i = 0; i < rows; i++) {
    __builtin_prefetch(p.c + i * p.c_row, 1);
    sums[i] = adding ? *(const vk_float16 *)(p.c + i * p.c_row) : (vk_float16){0};
  }
  for (ptrdiff_t k = 0; k < p.depth; k++) {
    if (p.next) __builtin_prefetch(p.next + k * p.next_step, 0, 2);
    vk_float16 line = *(const vk_float16 *)(p.b + k * p.b_step);
    VK_UNROLL for (int i = 0; i < rows; i++) sums[i] += p.a[i * p.row + k * p.step] * line;
  }
  VK_UNROLL for (int i = 0; i < rows; i++) *(vk_float16 *)(p.c + i * p.c_row) = sums[i];
}

/// `rows` x 16 results for any number of rows.
VK_INLINE void multiply_panel(ptrdiff_t rows, product p, int adding) {
  for (ptrdiff_t left = rows; left > 0;) {
    int taken;
    // Eight are better done as four and four than as six and two: two keep the units half idle.
    if (left >= 6 && left != 8) {
      taken = 6;
      if (p.next) {
        multiply_block(6, p, adding);
        p.next = NULL;
      } else {
        multiply_block(6, p, adding);
      }
    } else if (left >= 4) {
      taken = 4;
      p.next = NULL;
      multiply_block(4, p, adding);
    } else {
      taken = 1;
      p.next = NULL;
      multiply_block(1, p, adding);
    }
    left -= taken;
    p.a += taken * p.row;
    p.c += taken * p.c_row;
  }
}

VK_CLONES
void vk_multiply(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, int adding, float *c) {
  for (ptrdiff_t j = 0; j < columns; j += 16) {
    product p = {a, row, step, b + j, columns, depth, c + j, columns, NULL, 0};
    multiply_panel(rows, p, adding);
  }
}

/// Steps of depth, and panels of 16 columns, that are packed at a time.
#define VK_DEPTH 256
#define VK_PANELS 4

VK_CLONES
void vk_multiply_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                         ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c) {
  vk_float16 packed[VK_PANELS][VK_DEPTH];
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
      for (ptrdiff_t q = 0; q < panels; q++) {
        ptrdiff_t next = j + 16 * (VK_PANELS + q);
        product p = {a + first * step,  row,
                     step,              (const float *)packed[q],
                     16,                steps,
                     c + j + 16 * q,    columns,
                     next < columns ? b + first * columns + next : NULL,
                     columns};
        multiply_panel(rows, p, first > 0);
      }
    }
  }
}

VK_CLONES
void vk_transpose(const float *restrict in, ptrdiff_t rows, ptrdiff_t columns,
                  float *restrict out) {
  // Squares, so that what is written together lies in few cache lines.
  for (ptrdiff_t r = 0; r < rows; r += 16) {
    ptrdiff_t high = rows - r < 16 ? rows - r : 16;
    for (ptrdiff_t c = 0; c < columns; c++) {
      for (ptrdiff_t i = 0; i < high; i++) out[c * rows + r + i] = in[(r + i) * columns + c];
    }
  }
}
