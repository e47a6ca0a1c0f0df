#include "VectorKernels.h"
#include "clones.h"
#include "lanes.h"

VK_CLONES
void vk_copy_uncached(const float *restrict from, ptrdiff_t count, float *restrict to) {
  typedef float line __attribute__((vector_size(64)));
  ptrdiff_t i = 0;
  for (; i < count && (uintptr_t)(to + i) % sizeof(line) != 0; i++) to[i] = from[i];
  for (; i + 16 <= count; i += 16) {
    __builtin_nontemporal_store((line)*(const vk_float16 *)(from + i), (line *)(to + i));
  }
  for (; i < count; i++) to[i] = from[i];
  // Such stores are not ordered by the barriers that follow.
  __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

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
