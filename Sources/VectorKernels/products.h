#pragma once
#include "clones.h"
#include "lanes.h"
#include "squares.h"

// The inner block that all matrix products share: up to six rows of 16 or 32 results, summed over the
// whole depth in registers.
//
// Six rows of 16 results fill 12 of AVX2's 16 registers. The other four hold a row of b and an
// element of a. On AVX2 a step of depth is two loads, six broadcasts and twelve multiply-adds. AVX-512
// has 32 registers, of which 12 hold six rows of 32 results: 12 multiply-adds for eight loads.

/// Vectors of 16 columns in a block: 2 where there are enough registers, else 1.
#if defined(VK_BLOCK_VECTORS)
#elif defined(__AVX512F__)
#define VK_BLOCK_VECTORS 2
#elif VK_HAS_CLONES
#define VK_BLOCK_VECTORS (__builtin_cpu_supports("x86-64-v4") ? 2 : 1)
#else
#define VK_BLOCK_VECTORS 1
#endif

/// A step of the sums. bfloat16_products.c has another one, for numbers that are pairs.
#ifndef VK_ADD_PRODUCTS
#define VK_ADD_PRODUCTS(sums, factor, line) (sums) += (factor) * (line)
#endif

/// The part of `c = a b` that one call computes: 16 or 32 columns of b and c.
typedef struct {
  /// First element of a, and the distance to the next row and to the next step, in numbers.
  const float *a;
  ptrdiff_t row, step;
  /// First element of b, and the distance to the next step and to the next 16 columns.
  const float *b;
  ptrdiff_t b_step, b_panel;
  /// The number of steps.
  ptrdiff_t depth;
  /// First element of c, and the distance to the next row.
  float *c;
  ptrdiff_t c_row;
  /// First element that the caller will pack next, or NULL, and the distance to its next step. It
  /// is prefetched into the cache meanwhile.
  const float *next;
  ptrdiff_t next_step;
  /// Whether the rows of a after those of a block are prefetched into the second-level cache.
  int following;
} product;

/// Computes `rows` x 16 `vectors` results; both are constants, of at most 6 and 2.
VK_INLINE void multiply_block(int rows, int vectors, product p, int adding) {
  vk_float16 sums[6][2];
  VK_UNROLL for (int i = 0; i < rows; i++) {
    VK_UNROLL for (int v = 0; v < vectors; v++) {
      float *c = p.c + i * p.c_row + 16 * v;
      __builtin_prefetch(c, 1);
      sums[i][v] = adding ? *(const vk_float16 *)c : (vk_float16){0};
    }
  }
  for (ptrdiff_t k = 0; k < p.depth; k++) {
    if (p.following && k % 16 == 0) {
      VK_UNROLL for (int i = rows; i < 2 * rows; i++) {
        __builtin_prefetch(p.a + i * p.row + k, 0, 2);
      }
    }
    if (p.next) {
      VK_UNROLL for (int v = 0; v < vectors; v++) {
        __builtin_prefetch(p.next + k * p.next_step + 16 * v, 0, 2);
      }
    }
    vk_float16 line[2];
    VK_UNROLL for (int v = 0; v < vectors; v++) {
      line[v] = *(const vk_float16 *)(p.b + k * p.b_step + v * p.b_panel);
    }
    VK_UNROLL for (int i = 0; i < rows; i++) {
      float factor = p.a[i * p.row + k * p.step];
      VK_UNROLL for (int v = 0; v < vectors; v++) VK_ADD_PRODUCTS(sums[i][v], factor, line[v]);
    }
  }
  VK_UNROLL for (int i = 0; i < rows; i++) {
    VK_UNROLL for (int v = 0; v < vectors; v++) {
      *(vk_float16 *)(p.c + i * p.c_row + 16 * v) = sums[i][v];
    }
  }
}

/// Computes `rows` x 16 `vectors` results for any number of rows, in blocks of 6, 4 and 1.
VK_INLINE void multiply_rows(ptrdiff_t rows, int vectors, product p, int adding) {
  for (ptrdiff_t left = rows; left > 0;) {
    int taken;
    // Eight rows are faster as 4 + 4 than as 6 + 2: two rows leave the arithmetic units half idle.
    if (left >= 6 && left != 8) {
      taken = 6;
      if (p.next) {
        multiply_block(6, vectors, p, adding);
        p.next = NULL;
      } else {
        multiply_block(6, vectors, p, adding);
      }
    } else if (left >= 4) {
      taken = 4;
      p.next = NULL;
      multiply_block(4, vectors, p, adding);
    } else {
      taken = 1;
      p.next = NULL;
      multiply_block(1, vectors, p, adding);
    }
    left -= taken;
    p.a += taken * p.row;
    p.c += taken * p.c_row;
  }
}

/// Computes `rows` x 16 `vectors` results, where `vectors` is 1 or 2.
VK_INLINE void multiply_panel(ptrdiff_t rows, ptrdiff_t vectors, product p, int adding) {
  if (vectors == 2) {
    multiply_rows(rows, 2, p, adding);
  } else {
    multiply_rows(rows, 1, p, adding);
  }
}

/// Steps of depth, and panels of 16 columns, that are packed together.
#define VK_DEPTH 256
#define VK_PANELS 4

/// vk_multiply_packing.
VK_INLINE void multiply_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
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

/// vk_multiply_rows.
VK_INLINE void multiply_with_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
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
