#pragma once
#include <stddef.h>
#include <stdint.h>

#include "VectorKernelsWinograd.h"

// The innermost loops, compiled for AVX-512, AVX2 and baseline x86-64 and chosen at load time.
// Buffers never overlap unless a comment says so. Images are [rows, columns, channels]. No kernel
// reads or writes beyond the sizes given here: Tests/KernelBounds holds them to that.

#ifdef __cplusplus
extern "C" {
#endif

/// out[i, p] = images[indices[i], p] * scale + shift, for `count` images of `size` bytes; `images`
/// are [largest index + 1, size].
void vk_gather_normalised(const uint8_t *images, const int32_t *indices, ptrdiff_t count,
                          ptrdiff_t size, float scale, float shift, float *out);

/// values[r, c] += bias[c], and where `relu` is not 0 negative results become 0.
void vk_add_bias(float *values, const float *bias, ptrdiff_t rows, ptrdiff_t columns, int relu);

/// sums[i] += values[i].
void vk_add(float *sums, const float *values, ptrdiff_t count);

/// Negative values become 0.
void vk_relu(float *values, ptrdiff_t count);

/// gradient[i] = 0 where output[i] is not above 0.
void vk_relu_gradient(float *gradient, const float *output, ptrdiff_t count);

/// The adjoint of vk_add_bias: gradient[r, c] = 0 where output[r, c] is not above 0 (unless
/// `output` is NULL: no ReLU), and what is left is added to sums[c].
void vk_pass_gradient(float *gradient, const float *output, ptrdiff_t rows, ptrdiff_t columns,
                      float *sums);

/// Copies the input windows of `pixels` output pixels of one row: columns[x, i, k] = input row i,
/// element x * channels + k, for `kernel` rows of `kernel * channels` consecutive elements each.
/// Input rows are `row_elements` apart; of each the first (pixels + kernel - 1) * channels elements
/// are read.
void vk_windows(const float *input, ptrdiff_t row_elements, ptrdiff_t pixels, ptrdiff_t kernel,
                ptrdiff_t channels, float *columns);

/// The adjoint of vk_windows: adds every element of `columns` to the input element it was copied
/// from.
void vk_add_windows(const float *columns, ptrdiff_t row_elements, ptrdiff_t pixels,
                    ptrdiff_t kernel, ptrdiff_t channels, float *input);

/// c[i, j] = sum over k of a[i * row + k * step] * b[k, j], added to c where `adding` is not 0.
///
/// For small products whose factors lie in the cache: nothing is packed. `columns` is a multiple of
/// 16.
void vk_multiply(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, int adding, float *c);

/// The same, never adding, for a `b` and `c` of long rows: 16 columns of `b` are copied at a time.
/// `depth` is at least 1.
void vk_multiply_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                         ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c);

/// c[i, j] = sum over k of a[i, k] * b[j, k], for rows that lie one after the other in `a` and `b`.
///
/// `depth` is at least 1. The rows of `c` are `columns` rounded up to a multiple of 16; what lies beyond
/// `columns` is overwritten.
void vk_multiply_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                      ptrdiff_t depth, float *c);

/// out[c, r] = in[r, c], for rows of `in` that begin `stride` numbers after each other.
void vk_transpose(const float *in, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, float *out);

/// A 3 x 3 convolution of one image [rows, columns] of one channel, with bias: output is [rows - 2,
/// columns - 2, channels], weights are [3, 3, channels]; where `relu` is not 0 negative results
/// become 0. `rows` and `columns` are at least 3.
void vk_convolve_plane(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                       const float *weights, const float *bias, ptrdiff_t channels, int relu,
                       float *output);

/// Adds the gradients of the weights of vk_convolve_plane, given those of its results before ReLU.
void vk_convolve_plane_gradient(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                                const float *gradient, ptrdiff_t channels,
                                float *weight_gradient);

/// Largest value of each size x size window of one image; `choices` gets which one it was (0 ..<
/// size * size, row by row; the first of equals). Both are [rows / size, columns / size, channels];
/// rows and columns that fill no window are left out. `size` is at most 15.
void vk_max_pool(const float *input, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t channels,
                 ptrdiff_t size, float *output, uint8_t *choices);

/// The adjoint of vk_max_pool: all of `input_gradient` is written.
void vk_max_pool_gradient(const float *output_gradient, const uint8_t *choices, ptrdiff_t rows,
                          ptrdiff_t columns, ptrdiff_t channels, ptrdiff_t size,
                          float *input_gradient);

/// One step of Adam or AdamW over `count` parameters.
///
/// g = gradient * scale; mean += new1 (g - mean); square = beta2 square + new2 g^2; parameter =
/// parameter * keep - step_size * mean / (sqrt(square) * inverse_correction + epsilon). new1 = 1 -
/// beta1 and new2 = 1 - beta2 come from the caller, who has them in double precision: taken from a
/// rounded 0.999 the second would be wrong by 1.3e-5.
void vk_adam(float *parameters, float *means, float *squares, const float *gradients,
             ptrdiff_t count, float scale, float keep, float step_size, float inverse_correction,
             float new1, float beta2, float new2, float epsilon);

/// One step of stochastic gradient descent: parameter -= rate * (gradient * scale + decay *
/// parameter).
void vk_sgd(float *parameters, const float *gradients, ptrdiff_t count, float scale, float rate,
            float decay);

/// The same with momentum: buffer = momentum * buffer + (gradient * scale + decay * parameter);
/// parameter -= rate * buffer.
void vk_sgd_momentum(float *parameters, float *buffers, const float *gradients, ptrdiff_t count,
                     float scale, float rate, float decay, float momentum);

#ifdef __cplusplus
}
#endif
