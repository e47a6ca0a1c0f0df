#pragma once
#include "trial.h"

// The cases, each over the sizes that it takes from `sizes`.

/// Kernels over `count` numbers.
void flat_case(trial *t, const sizes *s);
/// Kernels over matrices of `count` x `outputs`, and the gather of images.
void matrix_case(trial *t, const sizes *s);
/// Matrix products: `count` rows, `size` steps of depth, and `columns` times 16 columns.
void product_case(trial *t, const sizes *s);
/// Windows and max-pooling of kernel or pool `size`, and convolutions of one channel.
void image_case(trial *t, const sizes *s);
/// Winograd's transforms of a batch of images, not pooled and pooled.
void winograd_case(trial *t, const sizes *s);
/// Winograd's transforms of `count` weights.
void winograd_weights_case(trial *t, const sizes *s);
