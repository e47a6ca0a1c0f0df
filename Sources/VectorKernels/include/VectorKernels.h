#pragma once
#include <stddef.h>
#include <stdint.h>

#include "VectorKernelsWinograd.h"

// The innermost loops of training on a CPU. Each kernel is compiled for AVX-512, AVX2 and baseline
// x86-64; the loader chooses one version at program start. Buffers do not overlap unless a comment
// states otherwise. Images are [rows, columns, channels]. No kernel reads or writes outside the
// sizes given here; Tests/KernelBounds checks this.

#ifdef __cplusplus
extern "C" {
#endif

/// The numbers of the period of vk_gather_normalised: whole vectors, for 1, 2, 3 and 4 channels.
#define VK_PERIOD 48

/// Gathers and normalises images: out[i, p] = images[indices[i], p] * scales[p % VK_PERIOD] +
/// shifts[p % VK_PERIOD].
///
/// There are `count` indices, and `size` bytes in an image. `images` is [largest index + 1, size],
/// `scales` and `shifts` are [VK_PERIOD]. An image of 1, 2, 3 or 4 interleaved channels repeats the
/// constants of its channels in them.
void vk_gather_normalised(const uint8_t *images, const int32_t *indices, ptrdiff_t count,
                          ptrdiff_t size, const float *scales, const float *shifts, float *out);

/// Adds a bias to each row: values[r, c] += bias[c]. If `relu` is not 0, negative results become 0.
void vk_add_bias(float *values, const float *bias, ptrdiff_t rows, ptrdiff_t columns, int relu);

/// Asks the processor to fetch `count` numbers into the second-level cache, and does not wait for them.
void vk_prefetch(const float *numbers, ptrdiff_t count);

/// Adds element by element: sums[i] += values[i].
void vk_add(float *sums, const float *values, ptrdiff_t count);

/// Applies ReLU in place: negative values become 0.
void vk_relu(float *values, ptrdiff_t count);

/// Applies the gradient of ReLU: gradient[i] becomes 0 where output[i] is not above 0.
void vk_relu_gradient(float *gradient, const float *output, ptrdiff_t count);

/// The adjoint of vk_add_bias.
///
/// gradient[r, c] becomes 0 where output[r, c] is not above 0. If `output` is NULL, there was no
/// ReLU and `gradient` stays as it is. The resulting gradient[r, c] is added to sums[c].
void vk_pass_gradient(float *gradient, const float *output, ptrdiff_t rows, ptrdiff_t columns,
                      float *sums);

/// Copies the input windows of `pixels` output pixels of one row (im2col).
///
/// columns[x, i, k] = element x * channels + k of input row i. A window has `kernel` rows of
/// `kernel * channels` consecutive elements. Input rows begin `row_elements` after each other; the
/// first (pixels + kernel - 1) * channels elements of each are read.
void vk_windows(const float *input, ptrdiff_t row_elements, ptrdiff_t pixels, ptrdiff_t kernel,
                ptrdiff_t channels, float *columns);

/// The adjoint of vk_windows: adds every element of `columns` to the input element it was copied
/// from.
void vk_add_windows(const float *columns, ptrdiff_t row_elements, ptrdiff_t pixels,
                    ptrdiff_t kernel, ptrdiff_t channels, float *input);

/// Matrix product: c[i, j] = sum over k of a[i * row + k * step] * b[k, j].
///
/// If `adding` is not 0, the product is added to `c`. For small products with both factors in the
/// cache: nothing is packed. `columns` is a multiple of 16.
void vk_multiply(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b, ptrdiff_t rows,
                 ptrdiff_t columns, ptrdiff_t depth, int adding, float *c);

/// The product of vk_multiply for `b` and `c` with long rows: panels of 16 columns of `b` are
/// copied to a packed buffer first. It overwrites `c`. `columns` is a multiple of 16 and `depth` at
/// least 1.
void vk_multiply_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                         ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c);

/// Product with a transposed matrix: c[i, j] = sum over k of a[i, k] * b[j, k].
///
/// The rows of `a` and of `b` are contiguous. `depth` is at least 1. A row of `c` has `columns`
/// elements rounded up to a multiple of 16; the elements after `columns` are overwritten.
void vk_multiply_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                      ptrdiff_t depth, float *c);

/// Whether the processor multiplies pairs of bfloat16; the four functions below need it.
///
/// They round numbers to bfloat16, ties to even, and store two of them in the place of one number, a
/// pair. Sums of products stay in single precision.
int vk_has_bfloat16(void);

/// Rounds neighbours: pairs[i] = (numbers[2 i], numbers[2 i + 1]). `count` is a multiple of 16.
void vk_pair_neighbours(const float *numbers, ptrdiff_t count, float *pairs);

/// Rounds a matrix: pairs[i, c] = (matrix[2 i, c], matrix[2 i + 1, c]). `columns` is a multiple of 16; if
/// `rows` is odd, the last row is paired with zeros.
void vk_pair_rows(const float *matrix, ptrdiff_t rows, ptrdiff_t columns, float *pairs);

/// vk_multiply_packing for pairs: `depth` pairs along the rows of `a` and the columns of `b`.
void vk_multiply_pairs_packing(const float *a, ptrdiff_t row, ptrdiff_t step, const float *b,
                               ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t depth, float *c);

/// vk_multiply_rows for pairs: `depth` pairs along the rows of `a` and of `b`.
void vk_multiply_pairs_rows(const float *a, const float *b, ptrdiff_t rows, ptrdiff_t columns,
                            ptrdiff_t depth, float *c);

/// Transposes a matrix: out[c, r] = in[r, c]. Rows of `in` begin `stride` numbers after each other.
void vk_transpose(const float *in, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t stride, float *out);

/// The most channels of an image of vk_convolve_direct.
#define VK_MOST_INPUTS 4

/// A 3 x 3 convolution, with bias, of one image [rows, columns, inputs] that has few channels.
///
/// `inputs` is 1 to VK_MOST_INPUTS. `output` is [rows - 2, columns - 2, channels] and `weights` is
/// [3, 3, inputs, channels]. If `relu` is not 0, negative results become 0. `rows` and `columns` are
/// at least 3.
void vk_convolve_direct(const float *image, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t inputs,
                        const float *weights, const float *bias, ptrdiff_t channels, int relu,
                        float *output);

/// The adjoint of vk_convolve_direct, without the gradient of the image.
///
/// `gradient` and `output` [rows - 2, columns - 2, channels] are treated as by vk_pass_gradient: the
/// gradient becomes 0 where ReLU made the output 0. The gradients of weights and bias are added to
/// `weight_gradient` and `bias_gradient`.
void vk_convolve_direct_gradient(const float *image, ptrdiff_t rows, ptrdiff_t columns,
                                 ptrdiff_t inputs, float *gradient, const float *output,
                                 ptrdiff_t channels, float *weight_gradient, float *bias_gradient);

/// Max-pooling: the largest value of each size x size window of one image.
///
/// `choices` receives the index of that value in its window (0 ..< size * size, row by row; the
/// first of equal values). `output` and `choices` are [rows / size, columns / size, channels]. Rows
/// and columns that do not fill a window are left out. `size` is at most 15.
void vk_max_pool(const float *input, ptrdiff_t rows, ptrdiff_t columns, ptrdiff_t channels,
                 ptrdiff_t size, float *output, uint8_t *choices);

/// The adjoint of vk_max_pool. It overwrites all of `input_gradient`.
void vk_max_pool_gradient(const float *output_gradient, const uint8_t *choices, ptrdiff_t rows,
                          ptrdiff_t columns, ptrdiff_t channels, ptrdiff_t size,
                          float *input_gradient);

/// Copies numbers to memory, past the caches: to[i] = from[i].
///
/// For numbers that other cores have read and will read again. A store to a cache line that several
/// cores hold must first take it from the others, one line after the other; this copy does not wait for
/// that. It is complete when the function returns.
void vk_copy_uncached(const float *from, ptrdiff_t count, float *to);

/// Parameters of which an optimizer makes a step, and their gradients.
typedef struct {
  const float *parameters;
  /// Receives the new parameters; may be `parameters`. No other array that is written overlaps another.
  float *updated;
  /// The gradient of parameter i is (gradients[i] + more[i]) * scale. Where there is one array, it is
  /// passed as both, with half the scale, which gives the same bits as gradients[i] * scale.
  const float *gradients, *more;
  float scale;
  ptrdiff_t count;
} vk_update;

/// One step of Adam or AdamW.
///
/// mean += new1 (gradient - mean); square = beta2 square + new2 gradient^2; parameter =
/// parameter * keep - step_size * mean / (sqrt(square) * inverse_correction + epsilon). new1 = 1 -
/// beta1 and new2 = 1 - beta2 are parameters because the caller computes them in double precision:
/// computed from 0.999 rounded to single precision, new2 would have a relative error of 1.3e-5.
void vk_adam(vk_update update, float *means, float *squares, float keep, float step_size,
             float inverse_correction, float new1, float beta2, float new2, float epsilon);

/// One step of stochastic gradient descent: parameter -= rate * (gradient + decay * parameter).
void vk_sgd(vk_update update, float rate, float decay);

/// One step of stochastic gradient descent with momentum.
///
/// buffer = momentum * buffer + (gradient + decay * parameter); parameter -= rate * buffer.
void vk_sgd_momentum(vk_update update, float *buffers, float rate, float decay, float momentum);

/// The most independent sums of vk_multiply_add.
#define VK_MOST_SUMS 12

/// Multiplies and adds in registers, as fast as the processor can, for the measurement of its peak.
///
/// `count` (3, 6 or VK_MOST_SUMS) times 16 sums are updated `turns` times as sum = sum * factor + term,
/// which are 32 * count * turns floating-point operations. `results` holds 16 factors, then 16 terms;
/// its first 16 numbers receive the totals. Which count is fastest depends on the latency of a
/// multiply-add and on the number and the width of the registers.
void vk_multiply_add(int count, ptrdiff_t turns, float *results);

/// Six dependent operations (shift, exclusive or) for each turn, each of one cycle on every processor in
/// use: the clock rate is 6 * turns / seconds. Returns the last value of Marsaglia's xorshift.
uint64_t vk_dependent_steps(ptrdiff_t turns, uint64_t value);

/// The instruction set for which the kernels' version was chosen, such as "AVX-512".
const char *vk_instruction_set(void);

#ifdef __cplusplus
}
#endif
