#pragma once
#include <stddef.h>
#include <stdint.h>

// Winograd's convolution F(4x4, 3x3): tiles of 4 x 4 outputs from 6 x 6 inputs, by 36 products.
//
// A transformed tile is 36 numbers a channel. They are stored by place, so that each place is a
// matrix of its own: v[place * plane + tile * channels + channel]. Tiles go row by row through an
// image, ceil(output_rows / 4) * ceil(output_columns / 4) of them; where an image's size is no
// multiple of 4, the last tiles are filled up with zeros and their surplus is dropped. `plane` is
// at least tiles * channels; what lies between the matrices is not touched.
//
// An `image` is [input_rows, input_columns, inputs]; `output` and `gradient` are [output_rows,
// output_columns, outputs], or half as many rows and columns where pooled, as are `choices`.

#ifdef __cplusplus
extern "C" {
#endif

/// Sizes of a 3 x 3 convolution over one image.
typedef struct {
  ptrdiff_t input_rows, input_columns, inputs;
  /// Outputs that are computed: all (`input_rows - 2`) or as many as a pooling layer after it uses,
  /// at least 1.
  ptrdiff_t output_rows, output_columns, outputs;
} vk_winograd_shape;

/// V = B^T d B of every tile of `image`.
void vk_winograd_input(const vk_winograd_shape *shape, const float *image, ptrdiff_t plane,
                       float *v);

/// The adjoint: adds B v B^T of every tile to `image`.
void vk_winograd_input_adjoint(const vk_winograd_shape *shape, const float *v, ptrdiff_t plane,
                               float *image);

/// A^T m A of every tile, plus bias; where `relu` is not 0 negative results become 0.
void vk_winograd_output(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                        const float *bias, int relu, float *output);

/// The same followed by 2 x 2 maximum pooling, for even numbers of output rows and columns.
///
/// `choices` gets which of the window's four it was (the first of equals), or 4 where ReLU made it
/// 0.
void vk_winograd_output_pooled(const vk_winograd_shape *shape, const float *m, ptrdiff_t plane,
                               const float *bias, int relu, float *output, uint8_t *choices);

/// The adjoint of vk_winograd_output: A dy A^T of every tile, where dy is `gradient` with 0
/// wherever `output` (unless NULL) is not above 0. Adds the sums of dy to `bias_gradient`.
void vk_winograd_gradient(const vk_winograd_shape *shape, const float *gradient,
                          const float *output, ptrdiff_t plane, float *m, float *bias_gradient);

/// The adjoint of vk_winograd_output_pooled.
void vk_winograd_gradient_pooled(const vk_winograd_shape *shape, const float *gradient,
                                 const uint8_t *choices, ptrdiff_t plane, float *m,
                                 float *bias_gradient);

/// U = G w G^T for weights [3, 3, count]: u is [36, count].
void vk_winograd_weights(const float *weights, ptrdiff_t count, float *u);

/// The adjoint: G^T u G.
void vk_winograd_weights_adjoint(const float *u, ptrdiff_t count, float *weights);

#ifdef __cplusplus
}
#endif
