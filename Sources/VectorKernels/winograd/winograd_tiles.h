#pragma once
#include <stddef.h>

#include "../lanes.h"

// Tiles inside images. A tile that extends over the image's edge is processed as a padded copy.

/// Channels of a padded tile that are processed together.
#define VK_CHUNK 64

/// A square of pixels in an image or in a padded copy.
typedef struct {
  float *data;
  /// Distance from one row to the next and from one pixel to the next, in numbers.
  ptrdiff_t row, pixel;
} vk_tile;

VK_INLINE ptrdiff_t vk_least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// The tile whose first pixel is (y, x) of an image [rows, columns, channels].
VK_INLINE vk_tile vk_tile_at(float *image, ptrdiff_t y, ptrdiff_t x, ptrdiff_t columns,
                             ptrdiff_t channels) {
  return (vk_tile){image + (y * columns + x) * channels, columns * channels, channels};
}

/// The tile without its channels before `first`.
VK_INLINE vk_tile vk_channels_from(vk_tile tile, ptrdiff_t first) {
  return (vk_tile){tile.data + first, tile.row, tile.pixel};
}

/// Copies `rows` x `columns` pixels of `count` channels.
VK_INLINE void vk_copy_tile(vk_tile from, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t count,
                            vk_tile to) {
  for (ptrdiff_t y = 0; y < rows; y++) {
    for (ptrdiff_t x = 0; x < columns; x++) {
      memcpy(to.data + y * to.row + x * to.pixel, from.data + y * from.row + x * from.pixel,
             (size_t)count * sizeof(float));
    }
  }
}

/// Adds `rows` x `columns` pixels of `count` channels.
VK_INLINE void vk_add_tile(vk_tile from, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t count,
                           vk_tile to) {
  for (ptrdiff_t y = 0; y < rows; y++) {
    for (ptrdiff_t x = 0; x < columns; x++) {
      const float *restrict source = from.data + y * from.row + x * from.pixel;
      float *restrict target = to.data + y * to.row + x * to.pixel;
      for (ptrdiff_t c = 0; c < count; c++) target[c] += source[c];
    }
  }
}
