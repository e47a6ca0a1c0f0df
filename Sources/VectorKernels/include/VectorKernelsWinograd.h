#pragma once
#include <stddef.h>
#include <stdint.h>

// Winograd's convolution F(4x4, 3x3): a tile of 4 x 4 outputs is computed from 6 x 6 inputs with 36
// products.
//
// A transformed tile has 36 numbers per channel, one for each of its 6 x 6 positions. All numbers
// of one position are stored together as a matrix, so that there are 36 matrices:
//   v[position * plane + tile * channels + channel]
// `plane` is at least tiles * channels; the numbers between two matrices are neither read nor
// written.
//
// An image has ceil(output_rows / 4) * ceil(output_columns / 4) tiles, row by row. If a size is not
// a multiple of 4, the last tiles are padded with zeros and their surplus outputs are dropped.
//
// An `image` is [input_rows, input_columns, inputs]. `output` and `gradient` are [output_rows,
// output_columns, outputs]. In the pooled kernels `output`, `gradient` and `choices` have half as
// many rows and columns.

#ifdef __cplusplus
extern "C" {
#endif

/// Sizes of a 3 x 3 convolution over one image.
typedef struct {
  ptrdiff_t input_rows, input_columns, inputs;
  /// Outputs to compute: all of them (`input_rows - 2`), or as many as the pooling layer that
  /// follows uses. At least 1 row and 1 column.
  ptrdiff_t output_rows, output_columns, outputs;
} vk_winograd_shape;

/// The input transform: V = B^T d B for every tile d of `image`.
void vk_winograd_input(const vk_winograd_shape *shape, const float *image, ptrdiff_t plane,
                       float *v);

/// The adjoint of vk_winograd_input: adds B v B^T of every tile to `image`.
void vk_winograd_input_adjoint(const vk_winograd_shape *shape, const float *v, ptrdiff_t plane,
                               float *image);

/// The output transform: A^T m A of every tile, plus bias. If `relu` is not 0, negative results
/// become 0.
void vk_winograd_output(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                        const float *bias, int relu, float *output);

/// The output transform followed by 2 x 2 max-pooling, for even numbers of output rows and columns.
///
/// `choices` receives the index of the largest of the window's four values (the first of equal
/// values), or 4 if ReLU made the result 0.
void vk_winograd_output_pooled(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                               const float *bias, int relu, float *output, uint8_t *choices);

/// The adjoint of vk_winograd_output: m = A dy A^T for every tile.
///
/// dy is `gradient`, with 0 where `output` is not above 0. If `output` is NULL, there was no ReLU
/// and dy is `gradient`. The sums of dy over the pixels are added to `bias_gradient`.
void vk_winograd_gradient(const vk_winograd_shape *shape, const float *gradient,
                          const float *output, ptrdiff_t plane, float *m, float *bias_gradient);

/// The adjoint of vk_winograd_output_pooled. `choices` are those that the forward kernel wrote.
void vk_winograd_gradient_pooled(const vk_winograd_shape *shape, const float *gradient,
                                 const uint8_t *choices, ptrdiff_t plane, float *m,
                                 float *bias_gradient);

/// The weight transform: U = G w G^T for `weights` [3, 3, count]; `u` is [36, count].
void vk_winograd_weights(const float *weights, ptrdiff_t count, float *u);

/// The adjoint of vk_winograd_weights: weights = G^T u G.
void vk_winograd_weights_adjoint(const float *u, ptrdiff_t count, float *weights);

#ifdef __cplusplus
}
#endif
