#include "VectorKernels.h"
#include "../clones.h"
#include "winograd_transforms.h"

VK_CLONES
void vk_winograd_weights(const float *restrict weights, ptrdiff_t count, float *restrict u) {
  VK_OVER_CHANNELS for (ptrdiff_t i = 0; i < count; i++) {
    float w[9], out[VK_PLACES];
    VK_UNROLL for (int p = 0; p < 9; p++) w[p] = weights[p * count + i];
    vk_weight_2d(w, out);
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) u[p * count + i] = out[p];
  }
}

VK_CLONES
void vk_winograd_weights_adjoint(const float *restrict u, ptrdiff_t count,
                                 float *restrict weights) {
  VK_OVER_CHANNELS for (ptrdiff_t i = 0; i < count; i++) {
    float in[VK_PLACES], w[9];
    VK_UNROLL for (int p = 0; p < VK_PLACES; p++) in[p] = u[p * count + i];
    vk_weight_adjoint_2d(in, w);
    VK_UNROLL for (int p = 0; p < 9; p++) weights[p * count + i] = w[p];
  }
}
