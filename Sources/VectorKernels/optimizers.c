#include "VectorKernels.h"
#include "clones.h"

VK_CLONES
void vk_adam(float *restrict parameters, float *restrict means, float *restrict squares,
             const float *restrict gradients, ptrdiff_t count, float scale, float keep,
             float step_size, float inverse_correction, float new1, float beta2, float new2,
             float epsilon) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float gradient = gradients[i] * scale;
    float mean = means[i] + new1 * (gradient - means[i]);
    float square = beta2 * squares[i] + new2 * gradient * gradient;
    means[i] = mean;
    squares[i] = square;
    // The builtin is a single instruction; sqrtf sets errno, which prevents vectorisation.
    float root = __builtin_elementwise_sqrt(square) * inverse_correction;
    parameters[i] = parameters[i] * keep - step_size * mean / (root + epsilon);
  }
}

VK_CLONES
void vk_sgd(float *restrict parameters, const float *restrict gradients, ptrdiff_t count,
            float scale, float rate, float decay) {
  for (ptrdiff_t i = 0; i < count; i++) {
    parameters[i] -= rate * (gradients[i] * scale + decay * parameters[i]);
  }
}

VK_CLONES
void vk_sgd_momentum(float *restrict parameters, float *restrict buffers,
                     const float *restrict gradients, ptrdiff_t count, float scale, float rate,
                     float decay, float momentum) {
  for (ptrdiff_t i = 0; i < count; i++) {
    float step = momentum * buffers[i] + (gradients[i] * scale + decay * parameters[i]);
    buffers[i] = step;
    parameters[i] -= rate * step;
  }
}
