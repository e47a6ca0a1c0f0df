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

// Before a loop over parameters: no number of one array is another number of a second array.
#define VK_OVER_PARAMETERS _Pragma("clang loop vectorize(assume_safety)")

VK_INLINE float gradient_of(const vk_update *update, ptrdiff_t i) {
  return (update->gradients[i] + update->more[i]) * update->scale;
}

VK_CLONES
void vk_adam(vk_update update, float *means, float *squares, float keep, float step_size,
             float inverse_correction, float new1, float beta2, float new2, float epsilon) {
  VK_OVER_PARAMETERS
  for (ptrdiff_t i = 0; i < update.count; i++) {
    float gradient = gradient_of(&update, i);
    float mean = means[i] + new1 * (gradient - means[i]);
    float square = beta2 * squares[i] + new2 * gradient * gradient;
    means[i] = mean;
    squares[i] = square;
    // The builtin is a single instruction; sqrtf sets errno, which prevents vectorisation.
    float root = __builtin_elementwise_sqrt(square) * inverse_correction;
    update.updated[i] = update.parameters[i] * keep - step_size * mean / (root + epsilon);
  }
}

VK_CLONES
void vk_sgd(vk_update update, float rate, float decay) {
  VK_OVER_PARAMETERS
  for (ptrdiff_t i = 0; i < update.count; i++) {
    float parameter = update.parameters[i];
    update.updated[i] = parameter - rate * (gradient_of(&update, i) + decay * parameter);
  }
}

VK_CLONES
void vk_sgd_momentum(vk_update update, float *buffers, float rate, float decay, float momentum) {
  VK_OVER_PARAMETERS
  for (ptrdiff_t i = 0; i < update.count; i++) {
    float parameter = update.parameters[i];
    float step = momentum * buffers[i] + (gradient_of(&update, i) + decay * parameter);
    buffers[i] = step;
    update.updated[i] = parameter - rate * step;
  }
}
