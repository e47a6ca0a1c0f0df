#include <math.h>

#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

// A 3 x 3 convolution of images with few channels. Its depth is too small for a fast matrix product,
// so a vector holds 16 output channels and each number of the image is broadcast to a vector.
//
// The three pixels under a row of the kernel are `3 * inputs` consecutive numbers of the image. So the
// functions below treat an image as having one channel, a kernel that is `3 * inputs` wide, and a
// distance of `inputs` from one pixel to the next. `inputs` is a constant in every call.

/// Neighbouring pixels that are computed together, so that they share each load of weights.
#define VK_PIXELS 6
/// The most taps of a kernel.
#define VK_MOST_TAPS (9 * VK_MOST_INPUTS)

VK_INLINE ptrdiff_t least(ptrdiff_t a, ptrdiff_t b) { return a < b ? a : b; }

/// Computes `pixels` neighbouring outputs for up to 16 channels. `weights` has a row for each tap,
/// then a row with the bias; all are padded to 16 channels. Rows of the image begin `row` numbers
/// after each other.
VK_INLINE void outputs(int inputs, int pixels, const float *restrict image, ptrdiff_t row,
                       const float (*restrict weights)[16], float floor, ptrdiff_t lanes,
                       ptrdiff_t channels, float *restrict output) {
  vk_float16 sums[VK_PIXELS];
  VK_UNROLL for (int x = 0; x < pixels; x++) sums[x] = *(const vk_float16 *)weights[9 * inputs];
  VK_UNROLL for (int tap = 0; tap < 9 * inputs; tap++) {
    vk_float16 weight = *(const vk_float16 *)weights[tap];
    const float *from = image + tap / (3 * inputs) * row + tap % (3 * inputs);
    VK_UNROLL for (int x = 0; x < pixels; x++) sums[x] += from[x * inputs] * weight;
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

VK_INLINE void convolve(int inputs, const float *image, ptrdiff_t rows, ptrdiff_t columns,
                        const float *weights, const float *bias, ptrdiff_t channels, float floor,
                        float *output) {
  ptrdiff_t width = columns - 2, row = columns * inputs;
  for (ptrdiff_t c = 0; c < channels; c += 16) {
    ptrdiff_t lanes = least(16, channels - c);
    float block[VK_MOST_TAPS + 1][16] = {{0}};
    for (int tap = 0; tap < 9 * inputs; tap++) {
      memcpy(block[tap], weights + tap * channels + c, (size_t)lanes * sizeof(float));
    }
    memcpy(block[9 * inputs], bias + c, (size_t)lanes * sizeof(float));
    for (ptrdiff_t y = 0; y < rows - 2; y++) {
      const float *from = image + y * row;
      float *to = output + y * width * channels + c;
      if (lanes == 16 && width >= VK_PIXELS) {
        // The last group overlaps the previous one, so that every group is full.
        for (ptrdiff_t next = 0; next < width; next += VK_PIXELS) {
          ptrdiff_t x = least(next, width - VK_PIXELS);
          outputs(inputs, VK_PIXELS, from + x * inputs, row, block, floor, 16, channels,
                  to + x * channels);
        }
      } else {
        for (ptrdiff_t x = 0; x < width; x++) {
          outputs(inputs, 1, from + x * inputs, row, block, floor, lanes, channels,
                  to + x * channels);
        }
      }
    }
  }
}

VK_CLONES
void vk_convolve_direct(const float *image, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t inputs,
                        const float *weights, const float *bias, ptrdiff_t channels, int relu,
                        float *output) {
  float floor = relu ? 0 : -INFINITY;
  switch (inputs) {
    case 1: convolve(1, image, rows, columns, weights, bias, channels, floor, output); break;
    case 2: convolve(2, image, rows, columns, weights, bias, channels, floor, output); break;
    case 3: convolve(3, image, rows, columns, weights, bias, channels, floor, output); break;
    case 4: convolve(4, image, rows, columns, weights, bias, channels, floor, output); break;
  }
}

/// Loads up to 16 numbers and fills the rest of the vector with zeros.
VK_INLINE void load(const float *from, ptrdiff_t lanes, vk_float16 *value) {
  *value = (vk_float16){0};
  memcpy(value, from, (size_t)lanes * sizeof(float));
}

/// Adds the contribution of one row of outputs to the gradients of `taps` neighbouring taps, for up
/// to 16 channels. `taps` is a constant of at most 6: more sums would not fit AVX2's registers.
VK_INLINE void row_gradients(int inputs, int taps, const float *restrict image, ptrdiff_t width,
                             const float *restrict gradient, ptrdiff_t lanes, ptrdiff_t channels,
                             float *restrict weight_gradient) {
  vk_float16 sums[6] = {{0}, {0}, {0}, {0}, {0}, {0}};
  for (ptrdiff_t x = 0; x < width; x++) {
    vk_float16 value;
    load(gradient + x * channels, lanes, &value);
    VK_UNROLL for (int tap = 0; tap < taps; tap++) sums[tap] += image[x * inputs + tap] * value;
  }
  VK_UNROLL for (int tap = 0; tap < taps; tap++) {
    vk_float16 sum;
    load(weight_gradient + tap * channels, lanes, &sum);
    sum += sums[tap];
    memcpy(weight_gradient + tap * channels, &sum, (size_t)lanes * sizeof(float));
  }
}

/// The same for the `3 * inputs` taps of a row of the kernel.
VK_INLINE void kernel_row_gradients(int inputs, const float *restrict image, ptrdiff_t width,
                                    const float *restrict gradient, ptrdiff_t lanes,
                                    ptrdiff_t channels, float *restrict weight_gradient) {
  int taps = 3 * inputs, first = taps > 6 ? (taps + 1) / 2 : taps;
  row_gradients(inputs, first, image, width, gradient, lanes, channels, weight_gradient);
  if (taps > first) {
    row_gradients(inputs, taps - first, image + first, width, gradient, lanes, channels,
                  weight_gradient + first * channels);
  }
}

VK_INLINE void convolve_gradient(int inputs, const float *image, ptrdiff_t rows,
                                 ptrdiff_t columns, float *gradient, const float *output,
                                 ptrdiff_t channels, float *weight_gradient,
                                 float *bias_gradient) {
  ptrdiff_t width = columns - 2;
  // The loop over rows is outermost: a row of gradients stays in the first-level cache while the
  // inner loops go over channels and taps.
  for (ptrdiff_t y = 0; y < rows - 2; y++) {
    float *row = gradient + y * width * channels;
    vk_pass_gradient(row, output ? output + y * width * channels : NULL, width, channels,
                     bias_gradient);
    for (ptrdiff_t c = 0; c < channels; c += 16) {
      for (ptrdiff_t k = 0; k < 3; k++) {
        const float *from = image + (y + k) * columns * inputs;
        float *to = weight_gradient + 3 * k * inputs * channels + c;
        if (channels - c >= 16) {
          kernel_row_gradients(inputs, from, width, row + c, 16, channels, to);
        } else {
          kernel_row_gradients(inputs, from, width, row + c, channels - c, channels, to);
        }
      }
    }
  }
}

VK_CLONES
void vk_convolve_direct_gradient(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                                 ptrdiff_t inputs, float *gradient, const float *output,
                                 ptrdiff_t channels, float *weight_gradient, float *bias_gradient) {
#define VK_CASE(inputs)                                                                          \
  case inputs:                                                                                   \
    convolve_gradient(inputs, image, rows, columns, gradient, output, channels, weight_gradient, \
                      bias_gradient);                                                            \
    break;
  switch (inputs) { VK_CASE(1) VK_CASE(2) VK_CASE(3) VK_CASE(4) }
}
