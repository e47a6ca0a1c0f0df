#pragma once
#include "trial.h"

// The test cases. Each uses some of the sizes in `sizes`.

/// Element-by-element kernels and optimizers on `count` numbers.
void flat_case(trial *t, const sizes *s);
/// Kernels on matrices of `count` x `outputs`, and the gathering of `batch` images.
void matrix_case(trial *t, const sizes *s);
/// Matrix products with `count` rows, depth `size` and 16 times `columns` columns.
void product_case(trial *t, const sizes *s);
/// Windows and max-pooling with kernels or pools of size `size`, and direct convolutions.
void image_case(trial *t, const sizes *s);
/// Winograd's transforms of a batch of images, without and with pooling.
void winograd_case(trial *t, const sizes *s);
/// Winograd's transforms of `count` weights.
void winograd_weights_case(trial *t, const sizes *s);
