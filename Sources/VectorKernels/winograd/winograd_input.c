#include "VectorKernels.h"
#include "../clones.h"
#include "winograd_tiles.h"
#include "winograd_transforms.h"

/// Transforms one tile for `count` channels.
VK_INLINE void transform(vk_tile from, ptrdiff_t count, ptrdiff_t plane, float *restrict v) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float d[VK_PLACES], out[VK_PLACES];
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) {
      d[p] = from.data[p / VK_INPUTS * from.row + p % VK_INPUTS * from.pixel + c];
    }
    vk_input_2d(d, out);
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) v[p * plane + c] = out[p];
  }
}

/// Adds the adjoint transform of one tile to the image, for `count` channels.
VK_INLINE void add_adjoint(const float *restrict v, ptrdiff_t plane, ptrdiff_t count, vk_tile to) {
  VK_OVER_CHANNELS for (ptrdiff_t c = 0; c < count; c++) {
    float in[VK_PLACES], d[VK_PLACES];
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) in[p] = v[p * plane + c];
    vk_input_adjoint_2d(in, d);
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) {
      to.data[p / VK_INPUTS * to.row + p % VK_INPUTS * to.pixel + c] += d[p];
    }
  }
}

VK_CLONES
void vk_winograd_input(const vk_winograd_shape *shape, const float *image, ptrdiff_t plane,
                       float *v) {
  ptrdiff_t channels = shape->inputs;
  float padded[VK_PLACES * VK_CHUNK];
  for (ptrdiff_t y = 0; y < shape->output_rows; y += VK_OUTPUTS) {
    for (ptrdiff_t x = 0; x < shape->output_columns; x += VK_OUTPUTS, v += channels) {
      // The cast is safe: this tile is only read. vk_tile is not const because others are written.
      vk_tile tile = vk_tile_at((float *)image, y, x, shape->input_columns, channels);
      ptrdiff_t rows = vk_least(VK_INPUTS, shape->input_rows - y);
      ptrdiff_t columns = vk_least(VK_INPUTS, shape->input_columns - x);
      if (rows == VK_INPUTS && columns == VK_INPUTS) {
        transform(tile, channels, plane, v);
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile copy = {padded, VK_INPUTS * VK_CHUNK, VK_CHUNK};
        memset(padded, 0, sizeof padded);
        vk_copy_tile(vk_channels_from(tile, c), rows, columns, count, copy);
        transform(copy, count, plane, v + c);
      }
    }
  }
}

VK_CLONES
void vk_winograd_input_adjoint(const vk_winograd_shape *shape, const float *v, ptrdiff_t plane,
                               float *image) {
  ptrdiff_t channels = shape->inputs;
  float padded[VK_PLACES * VK_CHUNK];
  for (ptrdiff_t y = 0; y < shape->output_rows; y += VK_OUTPUTS) {
    for (ptrdiff_t x = 0; x < shape->output_columns; x += VK_OUTPUTS, v += channels) {
      vk_tile tile = vk_tile_at(image, y, x, shape->input_columns, channels);
      ptrdiff_t rows = vk_least(VK_INPUTS, shape->input_rows - y);
      ptrdiff_t columns = vk_least(VK_INPUTS, shape->input_columns - x);
      if (rows == VK_INPUTS && columns == VK_INPUTS) {
        add_adjoint(v, plane, channels, tile);
        continue;
      }
      for (ptrdiff_t c = 0; c < channels; c += VK_CHUNK) {
        ptrdiff_t count = vk_least(VK_CHUNK, channels - c);
        vk_tile sums = {padded, VK_INPUTS * VK_CHUNK, VK_CHUNK};
        memset(padded, 0, sizeof padded);
        add_adjoint(v + c, plane, count, sums);
        vk_add_tile(sums, rows, columns, count, vk_channels_from(tile, c));
      }
    }
  }
}
