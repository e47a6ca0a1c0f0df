#include <math.h>

#include "VectorKernels.h"
#include "../clones.h"
#include "winograd_tiles.h"
#include "winograd_transforms.h"

/// Transforms one tile to outputs for `count` channels; results below `least` become `least`.
VK_INLINE void transform(const float *restrict m, ptrdiff_t plane, const float *restrict bias,
                         float least, ptrdiff_t count, vk_tile to) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float in[VK_PLACES], y[16];
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) in[p] = m[p * plane + c];
    vk_output_2d(in, y);
    VK_UNROLL for (int p = 0; p < 16; p++) {
      float value = y[p] + bias[c];
      // The comparison is false for NaN, so NaN is kept and a diverged run is noticed.
      to.data[p / 4 * to.row + p % 4 * to.pixel + c] = least > value ? least : value;
    }
  }
}

/// Transforms one tile to 2 x 2 pooled outputs, and writes their choices with the same strides.
VK_INLINE void transform_pooled(const float *restrict m, ptrdiff_t plane,
                                const float *restrict bias, float least, ptrdiff_t count,
                                vk_tile to, uint8_t *restrict choices) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float in[VK_PLACES], y[16];
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) in[p] = m[p * plane + c];
    vk_output_2d(in, y);
    VK_UNROLL for (int window = 0; window < 4; window++) {
      const float *first = y + window / 2 * 8 + window % 2 * 2;
      float best = first[0];
      int choice = 0;
      choice = first[1] > best ? 1 : choice;
      best = first[1] > best ? first[1] : best;
      choice = first[4] > best ? 2 : choice;
      best = first[4] > best ? first[4] : best;
      choice = first[5] > best ? 3 : choice;
      best = first[5] > best ? first[5] : best;
      best += bias[c];
      ptrdiff_t offset = window / 2 * to.row + window % 2 * to.pixel + c;
      choices[offset] = (uint8_t)(best > least ? choice : 4);
      to.data[offset] = least > best ? least : best;
    }
  }
}

VK_CLONES
void vk_winograd_output(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                        const float *bias, int relu, float *output) {
  ptrdiff_t channels = shape->outputs;
  float least = relu ? 0 : -INFINITY;
  float padded[16 * VK_CHUNK];
  for (ptrdiff_t y = 0; y < shape->output_rows; y += 4) {
    for (ptrdiff_t x = 0; x < shape->output_columns; x += 4, m += channels) {
      vk_tile tile = vk_tile_at(output, y, x, shape->output_columns, channels);
      ptrdiff_t rows = vk_least(4, shape->output_rows - y);
      ptrdiff_t columns = vk_least(4, shape->output_columns - x);
      if (rows == 4 && columns == 4) {
        transform(m, plane, bias, least, channels, tile);
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile whole = {padded, 4 * VK_CHUNK, VK_CHUNK};
        transform(m + c, plane, bias + c, least, count, whole);
        vk_copy_tile(whole, rows, columns, count, vk_channels_from(tile, c));
      }
    }
  }
}

VK_CLONES
void vk_winograd_output_pooled(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                               const float *bias, int relu, float *output, uint8_t *choices) {
  ptrdiff_t channels = shape->outputs;
  ptrdiff_t pooled_rows = shape->output_rows / 2, pooled_columns = shape->output_columns / 2;
  float least = relu ? 0 : -INFINITY;
  float padded[4 * VK_CHUNK];
  uint8_t padded_choices[4 * VK_CHUNK];
  for (ptrdiff_t y = 0; y < pooled_rows; y += 2) {
    for (ptrdiff_t x = 0; x < pooled_columns; x += 2, m += channels) {
      vk_tile tile = vk_tile_at(output, y, x, pooled_columns, channels);
      uint8_t *tile_choices = choices + (tile.data - output);
      ptrdiff_t rows = vk_least(2, pooled_rows - y);
      ptrdiff_t columns = vk_least(2, pooled_columns - x);
      if (rows == 2 && columns == 2) {
        transform_pooled(m, plane, bias, least, channels, tile, tile_choices);
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile whole = {padded, 2 * VK_CHUNK, VK_CHUNK};
        transform_pooled(m + c, plane, bias + c, least, count, whole, padded_choices);
        vk_copy_tile(whole, rows, columns, count, vk_channels_from(tile, c));
        for (ptrdiff_t position = 0; position < rows * columns; position++) {
          ptrdiff_t i = position / columns, k = position % columns;
          memcpy(tile_choices + i * tile.row + k * tile.pixel + c,
                 padded_choices + i * whole.row + k * whole.pixel, (size_t)count);
        }
      }
    }
  }
}
