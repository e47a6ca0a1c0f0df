#pragma once
#include "lanes.h"

// What the products have in common: a few rows of results over the whole depth.
//
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

/// Steps of depth, and panels of 16 columns, that are packed at a time.
#define VK_DEPTH 256
#define VK_PANELS 4
