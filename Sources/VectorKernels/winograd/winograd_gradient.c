#include "VectorKernels.h"
#include "../clones.h"
#include "winograd_tiles.h"
#include "winograd_transforms.h"

/// Gradient of one output, or 0 if ReLU made that output 0. Without ReLU `output` is NULL.
#define VK_PASSED(offset) (output == NULL || output[offset] > 0 ? from.data[offset] : 0)

/// Transforms one tile of gradients for `count` channels; `output` has the strides of `from`.
VK_INLINE void transform(vk_tile from, const float *output, ptrdiff_t count, ptrdiff_t plane,
                         float *restrict m, float *restrict bias_gradient) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float dy[16], out[VK_PLACES];
    float sum = 0;
    VK_UNROLL for (int p = 0; p < 16; p++) {
      dy[p] = VK_PASSED(p / 4 * from.row + p % 4 * from.pixel + c);
      sum += dy[p];
    }
    vk_output_adjoint_2d(dy, out);
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) m[p * plane + c] = out[p];
    bias_gradient[c] += sum;
  }
}

/// Transforms one tile of 2 x 2 pooled gradients for `count` channels. Each gradient belongs to one
/// of four outputs, or to none if ReLU made the pooled output 0.
VK_INLINE void transform_pooled(vk_tile from, const uint8_t *restrict choices, ptrdiff_t count,
                                ptrdiff_t plane, float *restrict m,
                                float *restrict bias_gradient) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float dy[16], out[VK_PLACES];
    float sum = 0;
    VK_UNROLL for (int window = 0; window < 4; window++) {
      ptrdiff_t offset = window / 2 * from.row + window % 2 * from.pixel + c;
      float *first = dy + window / 2 * 8 + window % 2 * 2;
      float value = from.data[offset];
      int choice = choices[offset];
      first[0] = choice == 0 ? value : 0;
      first[1] = choice == 1 ? value : 0;
      first[4] = choice == 2 ? value : 0;
      first[5] = choice == 3 ? value : 0;
      sum += choice < 4 ? value : 0;
    }
    vk_output_adjoint_2d(dy, out);
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) m[p * plane + c] = out[p];
    bias_gradient[c] += sum;
  }
}

VK_CLONES
void vk_winograd_gradient(const vk_winograd_shape *shape, const float *gradient,
                          const float *output, ptrdiff_t plane, float *m, float *bias_gradient) {
  ptrdiff_t channels = shape->outputs;
  float padded[16 * VK_CHUNK];
  for (ptrdiff_t y = 0; y < shape->output_rows; y += 4) {
    for (ptrdiff_t x = 0; x < shape->output_columns; x += 4, m += channels) {
      vk_tile tile = vk_tile_at((float *)gradient, y, x, shape->output_columns, channels);
      const float *tile_output = output ? output + (tile.data - gradient) : NULL;
      ptrdiff_t rows = vk_least(4, shape->output_rows - y);
      ptrdiff_t columns = vk_least(4, shape->output_columns - x);
      if (rows == 4 && columns == 4) {
        if (output) {
          transform(tile, tile_output, channels, plane, m, bias_gradient);
        } else {
          transform(tile, NULL, channels, plane, m, bias_gradient);
        }
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile copy = {padded, 4 * VK_CHUNK, VK_CHUNK};
        memset(padded, 0, sizeof padded);
        vk_copy_tile(vk_channels_from(tile, c), rows, columns, count, copy);
        for (ptrdiff_t position = 0; output && position < rows * columns; position++) {
          ptrdiff_t i = position / columns, k = position % columns;
          const float *mask = tile_output + i * tile.row + k * tile.pixel + c;
          float *values = padded + i * copy.row + k * copy.pixel;
          for (ptrdiff_t n = 0; n < count; n++) values[n] = mask[n] > 0 ? values[n] : 0;
        }
        transform(copy, NULL, count, plane, m + c, bias_gradient + c);
      }
    }
  }
}

VK_CLONES
void vk_winograd_gradient_pooled(const vk_winograd_shape *shape, const float *gradient,
                                 const uint8_t *choices, ptrdiff_t plane, float *m,
                                 float *bias_gradient) {
  ptrdiff_t channels = shape->outputs;
  ptrdiff_t pooled_rows = shape->output_rows / 2, pooled_columns = shape->output_columns / 2;
  float padded[4 * VK_CHUNK];
  uint8_t padded_choices[4 * VK_CHUNK];
  for (ptrdiff_t y = 0; y < pooled_rows; y += 2) {
    for (ptrdiff_t x = 0; x < pooled_columns; x += 2, m += channels) {
      vk_tile tile = vk_tile_at((float *)gradient, y, x, pooled_columns, channels);
      const uint8_t *tile_choices = choices + (tile.data - gradient);
      ptrdiff_t rows = vk_least(2, pooled_rows - y);
      ptrdiff_t columns = vk_least(2, pooled_columns - x);
      if (rows == 2 && columns == 2) {
        transform_pooled(tile, tile_choices, channels, plane, m, bias_gradient);
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile copy = {padded, 2 * VK_CHUNK, VK_CHUNK};
        memset(padded, 0, sizeof padded);
        memset(padded_choices, 4, sizeof padded_choices);
        vk_copy_tile(vk_channels_from(tile, c), rows, columns, count, copy);
        for (ptrdiff_t position = 0; position < rows * columns; position++) {
          ptrdiff_t i = position / columns, k = position % columns;
          memcpy(padded_choices + i * copy.row + k * copy.pixel,
                 tile_choices + i * tile.row + k * tile.pixel + c, (size_t)count);
        }
        transform_pooled(copy, padded_choices, count, plane, m + c, bias_gradient + c);
      }
    }
  }
}
