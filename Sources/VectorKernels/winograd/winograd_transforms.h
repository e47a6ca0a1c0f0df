#pragma once
#include <stddef.h>

#include "../lanes.h"

// The one-dimensional transforms of F(4,3) with the points 0, 1, -1, 2, -2 and infinity (Lavin and
// Gray 2016). The two-dimensional transforms apply them to the columns of a tile and then to its
// rows. Each forward transform is followed by its adjoint (the transposed matrix), which the
// backward pass uses.

/// Outputs per side of a tile.
#define VK_OUTPUTS 4
/// Inputs per side of a tile; neighbouring tiles share two.
#define VK_INPUTS 6
/// Products of a tile and channel, one for each of its 6 x 6 positions.
#define VK_PLACES 36

/// B^T d: six inputs to six factors.
VK_INLINE void vk_input_1d(const float d[6], float v[6]) {
  float even = d[4] - 4 * d[2], odd = d[3] - 4 * d[1];
  float even2 = d[4] - d[2], odd2 = 2 * (d[3] - d[1]);
  v[0] = 4 * d[0] - 5 * d[2] + d[4];
  v[1] = even + odd;
  v[2] = even - odd;
  v[3] = even2 + odd2;
  v[4] = even2 - odd2;
  v[5] = 4 * d[1] - 5 * d[3] + d[5];
}

/// B v: the adjoint of vk_input_1d.
VK_INLINE void vk_input_adjoint_1d(const float v[6], float d[6]) {
  float sum1 = v[1] + v[2], difference1 = v[1] - v[2];
  float sum2 = v[3] + v[4], difference2 = 2 * (v[3] - v[4]);
  d[0] = 4 * v[0];
  d[1] = 4 * v[5] - 4 * difference1 - difference2;
  d[2] = -5 * v[0] - 4 * sum1 - sum2;
  d[3] = difference1 + difference2 - 5 * v[5];
  d[4] = v[0] + sum1 + sum2;
  d[5] = v[5];
}

/// A^T m: six products to four outputs.
VK_INLINE void vk_output_1d(const float m[6], float y[4]) {
  float sum1 = m[1] + m[2], difference1 = m[1] - m[2];
  float sum2 = m[3] + m[4], difference2 = m[3] - m[4];
  y[0] = m[0] + sum1 + sum2;
  y[1] = difference1 + 2 * difference2;
  y[2] = sum1 + 4 * sum2;
  y[3] = difference1 + 8 * difference2 + m[5];
}

/// A y: the adjoint of vk_output_1d.
VK_INLINE void vk_output_adjoint_1d(const float y[4], float m[6]) {
  float even = y[0] + y[2], odd = y[1] + y[3];
  float even2 = y[0] + 4 * y[2], odd2 = 2 * y[1] + 8 * y[3];
  m[0] = y[0];
  m[1] = even + odd;
  m[2] = even - odd;
  m[3] = even2 + odd2;
  m[4] = even2 - odd2;
  m[5] = y[3];
}

/// G w: three weights to six factors.
VK_INLINE void vk_weight_1d(const float w[3], float u[6]) {
  float even = (w[0] + w[2]) * (-1.0f / 6), odd = w[1] * (-1.0f / 6);
  float even2 = w[0] * (1.0f / 24) + w[2] * (1.0f / 6), odd2 = w[1] * (1.0f / 12);
  u[0] = w[0] * 0.25f;
  u[1] = even + odd;
  u[2] = even - odd;
  u[3] = even2 + odd2;
  u[4] = even2 - odd2;
  u[5] = w[2];
}

/// G^T u: the adjoint of vk_weight_1d.
VK_INLINE void vk_weight_adjoint_1d(const float u[6], float w[3]) {
  float sum1 = u[1] + u[2], sum2 = u[3] + u[4];
  w[0] = 0.25f * u[0] - (1.0f / 6) * sum1 + (1.0f / 24) * sum2;
  w[1] = (1.0f / 6) * (u[2] - u[1]) + (1.0f / 12) * (u[3] - u[4]);
  w[2] = (1.0f / 6) * (sum2 - sum1) + u[5];
}

/// Defines the two-dimensional transform `name`. It applies `transform`, which takes `from` numbers
/// to `to` numbers, to the columns and then to the rows of a `from` x `from` square.
#define VK_TRANSFORM_2D(name, transform, from, to)                                                \
  VK_INLINE void name(const float *in, float *out) {                                              \
    float columns[(to) * (from)];                                                                 \
    VK_UNROLL for (int x = 0; x < (from); x++) {                                                  \
      float before[from], after[to];                                                              \
      VK_UNROLL for (int y = 0; y < (from); y++) before[y] = in[y * (from) + x];                  \
      transform(before, after);                                                                   \
      VK_UNROLL for (int y = 0; y < (to); y++) columns[y * (from) + x] = after[y];                \
    }                                                                                             \
    VK_UNROLL for (int y = 0; y < (to); y++) transform(columns + y * (from), out + y * (to));     \
  }

VK_TRANSFORM_2D(vk_input_2d, vk_input_1d, 6, 6)
VK_TRANSFORM_2D(vk_input_adjoint_2d, vk_input_adjoint_1d, 6, 6)
VK_TRANSFORM_2D(vk_output_2d, vk_output_1d, 6, 4)
VK_TRANSFORM_2D(vk_output_adjoint_2d, vk_output_adjoint_1d, 4, 6)
VK_TRANSFORM_2D(vk_weight_2d, vk_weight_1d, 3, 6)
VK_TRANSFORM_2D(vk_weight_adjoint_2d, vk_weight_adjoint_1d, 6, 3)
