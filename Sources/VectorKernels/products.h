#pragma once
#include "lanes.h"

// The inner block that all matrix products share: up to six rows of 16 results, summed over the
// whole depth in registers.
//
// Six rows of 16 results fill 12 of AVX2's 16 registers. The other four hold a row of b and an
// element of a. On AVX2 a step of depth is two loads, six broadcasts and twelve multiply-adds.

/// The part of `c = a b` that one call computes: 16 columns of b and c.
typedef struct {
  /// First element of a, and the distance to the next row and to the next step, in numbers.
  const float *a;
  ptrdiff_t row, step;
  /// First element of b, and the distance to the next step; the number of steps.
  const float *b;
  ptrdiff_t b_step, depth;
  /// First element of c, and the distance to the next row.
  float *c;
  ptrdiff_t c_row;
  /// First element that the caller will pack next, or NULL, and the distance to its next step. It
  /// is prefetched into the cache meanwhile.
  const float *next;
  ptrdiff_t next_step;
} product;

/// Computes `rows` x 16 results; `rows` is a constant of at most 6.
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

/// Computes `rows` x 16 results for any number of rows, in blocks of 6, 4 and 1.
VK_INLINE void multiply_panel(ptrdiff_t rows, product p, int adding) {
  for (ptrdiff_t left = rows; left > 0;) {
    int taken;
    // Eight rows are faster as 4 + 4 than as 6 + 2: two rows leave the arithmetic units half idle.
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

/// Steps of depth, and panels of 16 columns, that are packed together.
#define VK_DEPTH 256
#define VK_PANELS 4
