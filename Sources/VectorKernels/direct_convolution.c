#include <math.h>

#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

// A 3 x 3 convolution of images with one channel. Its depth is too small for a matrix product, so a
// vector holds 16 output channels and each pixel is broadcast to a vector.

#define VK_TAPS 9
/// Neighbouring pixels that are computed together, so that they share each load of weights.
#define VK_PIXELS 6

VK_INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// Computes `pixels` neighbouring outputs for up to 16 channels. `weights` has a row for each tap,
/// then a row with the bias; all are padded to 16 channels.
VK_INLINE void outputs(int pixels, const float *restrict image, ptrdiff_t columns,
                       const float (*restrict weights)[16], float floor, ptrdiff_t lanes,
                       ptrdiff_t channels, float *restrict output) {
  vk_float16 sums[VK_PIXELS];
  VK_UNROLL for (int x = 0; x < pixels; x++) sums[x] = *(const vk_float16 *)weights[VK_TAPS];
  VK_UNROLL for (int tap = 0; tap < VK_TAPS; tap++) {
    vk_float16 weight = *(const vk_float16 *)weights[tap];
    const float *from = image + tap / 3 * columns + tap % 3;
    VK_UNROLL for (int x = 0; x < pixels; x++) sums[x] += from[x] * weight;
  }
  VK_UNROLL for (int x = 0; x < pixels; x++) {
    vk_int16 below = floor > sums[x];
    vk_float16 limit = floor - (vk_float16){0};
    // The comparison is false for NaN, so NaN is kept.
    vk_float16 value = (vk_float16)(((vk_int16)limit & below) | ((vk_int16)sums[x] & ~below));
    if (lanes == 16) {
      *(vk_float16 *)(output + x * channels) = value;
    } else {
      memcpy(output + x * channels, &value, (size_t)lanes * sizeof(float));
    }
  }
}

VK_CLONES
void vk_convolve_plane(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                       const float *weights, const float *bias, ptrdiff_t channels, int relu,
                       float *output) {
  float floor = relu ? 0 : -INFINITY;
  ptrdiff_t width = columns - 2;
  for (ptrdiff_t c = 0; c < channels; c += 16) {
    ptrdiff_t lanes = least(16, channels - c);
    float block[VK_TAPS + 1][16] = {{0}};
    for (int tap = 0; tap < VK_TAPS; tap++) {
      memcpy(block[tap], weights + tap * channels + c, (size_t)lanes * sizeof(float));
    }
    memcpy(block[VK_TAPS], bias + c, (size_t)lanes * sizeof(float));
    for (ptrdiff_t y = 0; y < rows - 2; y++) {
      const float *from = image + y * columns;
      float *to = output + y * width * channels + c;
      if (lanes == 16 && width >= VK_PIXELS) {
        // The last group overlaps the previous one, so that every group is full.
        for (ptrdiff_t next = 0; next < width; next += VK_PIXELS) {
          ptrdiff_t x = least(next, width - VK_PIXELS);
          outputs(VK_PIXELS, from + x, columns, block, floor, 16, channels, to + x * channels);
        }
      } else {
        for (ptrdiff_t x = 0; x < width; x++) {
          outputs(1, from + x, columns, block, floor, lanes, channels, to + x * channels);
        }
      }
    }
  }
}

/// Loads up to 16 numbers and fills the rest of the vector with zeros.
VK_INLINE void load(const float *from, ptrdiff_t lanes, vk_float16 *value) {
  *value = (vk_float16){0};
  memcpy(value, from, (size_t)lanes * sizeof(float));
}

/// Adds the contribution of one row of outputs to the gradients of three neighbouring taps, for up
/// to 16 channels. (All nine taps together would not fit the registers.)
VK_INLINE void row_gradients(const float *restrict image, ptrdiff_t width,
                             const float *restrict gradient, ptrdiff_t lanes, ptrdiff_t channels,
                             float *restrict weight_gradient) {
  vk_float16 sums[3] = {{0}, {0}, {0}};
  for (ptrdiff_t x = 0; x < width; x++) {
    vk_float16 value;
    load(gradient + x * channels, lanes, &value);
    VK_UNROLL for (int tap = 0; tap < 3; tap++) sums[tap] += image[x + tap] * value;
  }
  VK_UNROLL for (int tap = 0; tap < 3; tap++) {
    vk_float16 sum;
    load(weight_gradient + tap * channels, lanes, &sum);
    sum += sums[tap];
    memcpy(weight_gradient + tap * channels, &sum, (size_t)lanes * sizeof(float));
  }
}

VK_CLONES
void vk_convolve_plane_gradient(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                                const float *gradient, ptrdiff_t channels,
                                float *weight_gradient) {
  ptrdiff_t width = columns - 2;
  // The loop over rows is outermost: a row of gradients stays in the first-level cache while the
  // inner loops go over channels and taps.
  for (ptrdiff_t y = 0; y < rows - 2; y++) {
    const float *row = gradient + y * width * channels;
    for (ptrdiff_t c = 0; c < channels; c += 16) {
      for (ptrdiff_t k = 0; k < 3; k++) {
        const float *from = image + (y + k) * columns;
        float *to = weight_gradient + 3 * k * channels + c;
        if (channels - c >= 16) {
          row_gradients(from, width, row + c, 16, channels, to);
        } else {
          row_gradients(from, width, row + c, channels - c, channels, to);
        }
      }
    }
  }
}
