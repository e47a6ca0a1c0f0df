#include <math.h>

#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

// A 3 x 3 convolution of images with one channel: too little depth for a matrix product, so vectors
// go over the output channels and each pixel is spread over a vector.

#define VK_TAPS 9
/// Neighbouring pixels computed together, so that a vector of weights is loaded once for all.
#define VK_PIXELS 6

VK_INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// `pixels` neighbouring outputs for up to 16 channels; `weights` has bias and padding behind the
/// taps.
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
    // Written so that a NaN stays.
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
        // The last group reaches back over pixels that are done already.
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

/// Up to 8 numbers, zeros behind them.
VK_INLINE vk_float8 load(const float *from, ptrdiff_t lanes) {
  if (lanes == 8) return *(const vk_float8 *)from;
  vk_float8 value = {0};
  memcpy(&value, from, (size_t)lanes * sizeof(float));
  return value;
}

/// Adds up to 8 numbers.
VK_INLINE void add(vk_float8 value, ptrdiff_t lanes, float *to) {
  value += load(to, lanes);
  memcpy(to, &value, (size_t)lanes * sizeof(float));
}

/// Gradients of up to 8 channels' weights and biases.
VK_INLINE void weight_gradients(const float *restrict image, ptrdiff_t rows, ptrdiff_t columns,
                                const float *restrict gradient, const float *restrict output,
                                ptrdiff_t lanes, ptrdiff_t channels, float *weight_gradient,
                                float *bias_gradient) {
  vk_float8 sums[VK_TAPS], bias_sum = {0};
  VK_UNROLL for (int tap = 0; tap < VK_TAPS; tap++) sums[tap] = (vk_float8){0};
  for (ptrdiff_t y = 0; y < rows - 2; y++) {
    const float *from = image + y * columns;
    for (ptrdiff_t x = 0; x < columns - 2; x++) {
      ptrdiff_t place = (y * (columns - 2) + x) * channels;
      vk_float8 value = load(gradient + place, lanes);
      if (output) {
        value = (vk_float8)((vk_int8)value & (load(output + place, lanes) > 0));
      }
      bias_sum += value;
      VK_UNROLL for (int tap = 0; tap < VK_TAPS; tap++) {
        sums[tap] += from[x + tap / 3 * columns + tap % 3] * value;
      }
    }
  }
  VK_UNROLL for (int tap = 0; tap < VK_TAPS; tap++) {
    add(sums[tap], lanes, weight_gradient + tap * channels);
  }
  add(bias_sum, lanes, bias_gradient);
}

VK_CLONES
void vk_convolve_plane_gradient(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                                const float *gradient, const float *output, ptrdiff_t channels,
                                float *weight_gradient, float *bias_gradient) {
  for (ptrdiff_t c = 0; c < channels; c += 8) {
    const float *mask = output ? output + c : NULL;
    if (channels - c >= 8) {
      weight_gradients(image, rows, columns, gradient + c, mask, 8, channels, weight_gradient + c,
                       bias_gradient + c);
    } else {
      weight_gradients(image, rows, columns, gradient + c, mask, channels - c, channels,
                       weight_gradient + c, bias_gradient + c);
    }
  }
}
