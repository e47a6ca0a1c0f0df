#pragma once
// The optimizers, over a range of the flat buffers. The gradient is the sum of `sources` buffers, which
// begin `distance` numbers apart and are added in this order.
#include "common.cuh"

/// The constants of one step. `UpdateConstants` in KernelShapes.swift has the same fields.
struct Update {
  /// One over the number of samples.
  float scale;
  /// adam: the factor by which weight decay multiplies the parameters.
  float keep;
  /// adam: the learning rate over the bias correction of the first moment; sgd: the learning rate.
  float stepSize;
  /// adam: one over the root of the bias correction of the second moment.
  float inverseCorrection;
  /// adam: 1 - beta1, beta2, 1 - beta2, epsilon.
  float newFirst, keepSecond, newSecond, epsilon;
  /// sgd: weight decay and momentum.
  float decay, momentum;
};

/// The numbers that one thread updates: four, or fewer at the end of the range.
struct Span {
  int first, count;
  bool aligned;
};

__device__ inline Span ownSpan(int count, const float *a, const float *b, const float *c,
                               const float *d, int distance) {
  const int first = (blockIdx.x * blockDim.x + threadIdx.x) * 4;
  const bool aligned = isAligned(a, 4) && isAligned(b, 4) && isAligned(c, 4) && isAligned(d, distance);
  return {first, least(4, count - first), aligned};
}

/// The summed and scaled gradient of a span.
__device__ inline Quad gradientOf(const Span &span, const float *gradients, int sources,
                                  int distance, float scale) {
  Quad sum = loadQuad(gradients + span.first, span.count, span.aligned);
  for (int source = 1; source < sources; source++) {
    const Quad other = loadQuad(
        gradients + static_cast<size_t>(source) * distance + span.first, span.count, span.aligned);
#pragma unroll
    for (int i = 0; i < 4; i++) sum.value[i] += other.value[i];
  }
#pragma unroll
  for (int i = 0; i < 4; i++) sum.value[i] *= scale;
  return sum;
}

__device__ inline void storeQuad(float *to, const Quad &quad, const Span &span) {
  if (span.aligned && span.count == 4) {
    *reinterpret_cast<Quad *>(to + span.first) = quad;
  } else {
    for (int i = 0; i < span.count; i++) to[span.first + i] = quad.value[i];
  }
}

__device__ inline void adam(float *parameters, float *means, float *squares, const float *gradients,
                            int sources, int distance, int count, const Update &update) {
  const Span span = ownSpan(count, parameters, means, squares, gradients, distance);
  if (span.count <= 0) return;
  const Quad gradient = gradientOf(span, gradients, sources, distance, update.scale);
  Quad parameter = loadQuad(parameters + span.first, span.count, span.aligned);
  Quad mean = loadQuad(means + span.first, span.count, span.aligned);
  Quad square = loadQuad(squares + span.first, span.count, span.aligned);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const float value = gradient.value[i];
    mean.value[i] += update.newFirst * (value - mean.value[i]);
    square.value[i] = update.keepSecond * square.value[i] + update.newSecond * value * value;
    const float root = sqrtf(square.value[i]) * update.inverseCorrection;
    parameter.value[i] = parameter.value[i] * update.keep -
                         update.stepSize * mean.value[i] / (root + update.epsilon);
  }
  storeQuad(means, mean, span);
  storeQuad(squares, square, span);
  storeQuad(parameters, parameter, span);
}

/// `kept` is the momentum buffer; null without momentum.
__device__ inline void sgd(float *parameters, float *kept, const float *gradients, int sources,
                           int distance, int count, const Update &update) {
  const Span span = ownSpan(count, parameters, kept, kept, gradients, distance);
  if (span.count <= 0) return;
  Quad step = gradientOf(span, gradients, sources, distance, update.scale);
  Quad parameter = loadQuad(parameters + span.first, span.count, span.aligned);
  Quad last = {{0.0f, 0.0f, 0.0f, 0.0f}};
  if (kept) last = loadQuad(kept + span.first, span.count, span.aligned);
#pragma unroll
  for (int i = 0; i < 4; i++) {
    step.value[i] += update.decay * parameter.value[i];
    step.value[i] += update.momentum * last.value[i];
    parameter.value[i] -= update.stepSize * step.value[i];
  }
  if (kept) storeQuad(kept, step, span);
  storeQuad(parameters, parameter, span);
}

// Each optimizer has two kernels. `*_update` takes the constants as an argument. `*_step` reads them
// from a table in memory, for use in a graph: the arguments of a graph's kernels never change.

KERNEL(256, adam_update, float *parameters, float *means, float *squares, const float *gradients,
       int sources, int distance, int count, Update update) {
  adam(parameters, means, squares, gradients, sources, distance, count, update);
}

KERNEL(256, adam_step, float *parameters, float *means, float *squares, const float *gradients,
       int sources, int distance, int count, const Update *updates, int slot) {
  adam(parameters, means, squares, gradients, sources, distance, count, updates[slot]);
}

KERNEL(256, sgd_update, float *parameters, float *kept, const float *gradients, int sources,
       int distance, int count, Update update) {
  sgd(parameters, kept, gradients, sources, distance, count, update);
}

KERNEL(256, sgd_step, float *parameters, float *kept, const float *gradients, int sources,
       int distance, int count, const Update *updates, int slot) {
  sgd(parameters, kept, gradients, sources, distance, count, updates[slot]);
}
