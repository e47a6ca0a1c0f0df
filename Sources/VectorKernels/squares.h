#pragma once
#include "lanes.h"

// Transposes a square of 16 x 16 numbers that is stored in 16 vectors. The square's two
// off-diagonal quarters are exchanged, then those of each quarter, and so on: at distances 8, 4, 2
// and 1 the vectors i and i + distance exchange every second group of `distance` numbers.

#define VK_EXCHANGE(square, distance, low, high)                            \
  VK_UNROLL for (int i = 0; i < 16; i++) {                                  \
    if (i & (distance)) continue;                                           \
    vk_float16 one = (square)[i], other = (square)[i + (distance)];         \
    (square)[i] = __builtin_shufflevector(one, other, VK_LIST low);         \
    (square)[i + (distance)] = __builtin_shufflevector(one, other, VK_LIST high); \
  }
#define VK_LIST(...) __VA_ARGS__

/// Transposes a square in place.
VK_INLINE void transpose_square(vk_float16 *square) {
  VK_EXCHANGE(square, 8, (0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23),
              (8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31))
  VK_EXCHANGE(square, 4, (0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27),
              (4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31))
  VK_EXCHANGE(square, 2, (0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29),
              (2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31))
  VK_EXCHANGE(square, 1, (0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30),
              (1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31))
}
