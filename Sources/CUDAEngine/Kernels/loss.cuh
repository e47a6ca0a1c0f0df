#pragma once
// Softmax, cross-entropy, its gradient, and the sums of a batch.
#include "common.cuh"
#include "shapes.cuh"
#include "finish.cuh"

/// The sums over a batch. `BatchSums` in KernelShapes.swift has the same fields.
struct BatchSums {
  double lossSum;
  int correct;
  int samples;
};

/// A number with its index; of two equal numbers, the one with the smaller index counts as the larger.
struct Candidate {
  float value;
  int index;
};

__device__ inline float minusInfinity() { return __uint_as_float(0xff800000u); }

/// The largest of a warp's candidates, returned to all its threads.
__device__ inline Candidate largestOfWarp(Candidate largest) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    const float value = __shfl_xor_sync(0xffffffffu, largest.value, distance);
    const int index = __shfl_xor_sync(0xffffffffu, largest.index, distance);
    if (value > largest.value || (value == largest.value && index < largest.index))
      largest = {value, index};
  }
  return largest;
}

/// The sum of a warp's numbers, with the same bits for all its threads.
__device__ inline float sumOfWarp(float value) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2)
    value += __shfl_xor_sync(0xffffffffu, value, distance);
  return value;
}

struct LossMemory {
  double loss[128];
  int correct[128];
  int isLast;
};

/// Adds up the losses and the correct predictions of all rows into `sums[slot]`.
///
/// Every block calls it, after it has written the results of its rows. The last block to arrive adds
/// them up, in double precision and in a fixed order.
__device__ inline void finishBatch(LossMemory &memory, const float *losses, const int *isCorrect,
                                   int count, int *counter, BatchSums *sums, int slot) {
  __threadfence();
  __syncthreads();
  if (threadIdx.x == 0) memory.isLast = atomicAdd(counter, 1) == static_cast<int>(gridDim.x) - 1;
  __syncthreads();
  if (!memory.isLast) return;
  __threadfence();
  double loss = 0;
  int correct = 0;
  for (int i = threadIdx.x; i < count; i += 128) {
    loss += losses[i];
    correct += isCorrect[i];
  }
  memory.loss[threadIdx.x] = loss;
  memory.correct[threadIdx.x] = correct;
  for (int half = 64; half > 0; half /= 2) {
    __syncthreads();
    if (static_cast<int>(threadIdx.x) < half) {
      memory.loss[threadIdx.x] += memory.loss[threadIdx.x + half];
      memory.correct[threadIdx.x] += memory.correct[threadIdx.x + half];
    }
  }
  if (threadIdx.x == 0) {
    sums[slot] = {memory.loss[0], memory.correct[0], count};
    *counter = 0;
  }
}

/// Softmax and cross-entropy: each row's loss, whether its prediction is correct and, unless
/// `gradients` is null, the gradient of the loss with respect to the outputs.
///
/// A warp computes a row. Numerically stable: the largest output is subtracted before the exponential.
KERNEL(128, softmax_loss, const float *outputs, const Byte *labels, const int *indices, int first,
       int count, int classes, float *gradients, float *losses, int *isCorrect, int *counter,
       BatchSums *sums, int slot) {
  SHARED(LossMemory, memory);
  const int lane = threadIdx.x % 32, row = blockIdx.x * 4 + threadIdx.x / 32;
  // No thread returns early: shuffles and barriers wait for all threads of the block.
  const bool isInside = row < count;
  const float *values = outputs + static_cast<size_t>(isInside ? row : 0) * classes;
  const int label = labels[indices ? indices[isInside ? row : 0] : first + (isInside ? row : 0)];
  Candidate best = {minusInfinity(), classes};
  for (int index = lane; index < classes; index += 32)
    if (values[index] > best.value) best = {values[index], index};
  best = largestOfWarp(best);
  float total = 0.0f;
  for (int index = lane; index < classes; index += 32) total += expf(values[index] - best.value);
  total = sumOfWarp(total);
  if (isInside) {
    if (gradients)
      for (int index = lane; index < classes; index += 32)
        gradients[static_cast<size_t>(row) * classes + index] =
            expf(values[index] - best.value) / total - (index == label ? 1.0f : 0.0f);
    if (lane == 0) {
      losses[row] = logf(total) + best.value - values[label];
      isCorrect[row] = best.index == label;
    }
  }
  finishBatch(memory, losses, isCorrect, count, counter, sums, slot);
}

/// The largest number of classes of `head`: a thread has a sum for each class.
constexpr int headClasses = 16;

/// Loads four numbers of each row of the weights, from column `first` on.
///
/// Beyond the last class the last row is loaded again, so that every load has a valid address and all
/// loads are in flight before the first number is needed.
template <bool aligned>
__device__ inline void loadColumns(Quad *quads, const float *weights, int classes, int ins, int first) {
#pragma unroll
  for (int i = 0; i < headClasses; i++) {
    const float *from = weights + least(i, classes - 1) * ins + first;
    quads[i] = loadQuad<aligned>(from, ins - first);
  }
}

/// Adds this thread's part of a row's outputs to `outputs`.
template <bool aligned>
__device__ inline void addOutputs(float *outputs, const float *inputs, const float *weights,
                                  int classes, int ins) {
  for (int first = 4 * (threadIdx.x % 32); first < ins; first += 128) {
    Quad weight[headClasses];
    loadColumns<aligned>(weight, weights, classes, ins, first);
    const Quad input = loadQuad<aligned>(inputs + first, ins - first);
#pragma unroll
    for (int i = 0; i < headClasses; i++)
#pragma unroll
      for (int j = 0; j < 4; j++) outputs[i] += input.value[j] * weight[i].value[j];
  }
}

/// Computes this thread's part of the gradient of a row's inputs; `start` is the index of the row's
/// first input.
template <bool aligned>
__device__ inline void passGradients(const Passage &passage, const float *gradients,
                                     const float *weights, int classes, int ins, size_t start) {
  for (int first = 4 * (threadIdx.x % 32); first < ins; first += 128) {
    Quad weight[headClasses];
    loadColumns<aligned>(weight, weights, classes, ins, first);
    Quad sum = {{0.0f, 0.0f, 0.0f, 0.0f}};
#pragma unroll
    for (int i = 0; i < headClasses; i++)
#pragma unroll
      for (int j = 0; j < 4; j++) sum.value[j] += gradients[i] * weight[i].value[j];
#pragma unroll
    for (int j = 0; j < 4; j++)
      if (aligned || first + j < ins) passage.store(start + first + j, sum.value[j]);
  }
}

/// A training step's last layer in one kernel: its outputs, the losses and the correct predictions,
/// the gradient of the loss with respect to the outputs and, unless `passed` is null, to the layer's
/// inputs.
///
/// A warp computes a row. Four separate kernels would each wait for the previous one and have very
/// little work.
KERNEL(128, head, const float *weights, const float *bias, const Byte *labels, const int *indices,
       int first, int count, int ins, int classes, float *gradients, PASSAGE, float *losses,
       int *isCorrect, int *counter, BatchSums *sums, int slot) {
  SHARED(LossMemory, memory);
  const int lane = threadIdx.x % 32, row = blockIdx.x * 4 + threadIdx.x / 32;
  const bool isInside = row < count;
  const size_t start = static_cast<size_t>(isInside ? row : 0) * ins;
  const bool aligned = isAligned(inputs, ins) && isAligned(weights, ins);
  float outputs[headClasses];
#pragma unroll
  for (int i = 0; i < headClasses; i++) outputs[i] = 0.0f;
  if (aligned)
    addOutputs<true>(outputs, inputs + start, weights, classes, ins);
  else
    addOutputs<false>(outputs, inputs + start, weights, classes, ins);
  // From here on, thread `i` of the warp has output `i`, for i < classes.
  float own = minusInfinity();
#pragma unroll
  for (int i = 0; i < headClasses; i++)
    if (i < classes) {
      const float sum = sumOfWarp(outputs[i]) + bias[i];
      if (i == lane) own = sum;
    }
  const bool isOutput = lane < classes;
  const int label = labels[indices ? indices[isInside ? row : 0] : first + (isInside ? row : 0)];
  const Candidate best = largestOfWarp({own, isOutput ? lane : classes});
  const float power = isOutput ? expf(own - best.value) : 0.0f;
  const float total = sumOfWarp(power);
  const float labelled = sumOfWarp(lane == label ? own : 0.0f);
  const float gradient = isOutput ? power / total - (lane == label ? 1.0f : 0.0f) : 0.0f;
  if (isInside && isOutput) gradients[static_cast<size_t>(row) * classes + lane] = gradient;
  if (isInside && lane == 0) {
    losses[row] = logf(total) + best.value - labelled;
    isCorrect[row] = best.index == label;
  }
  if (passed) {
#pragma unroll
    for (int i = 0; i < headClasses; i++)
      outputs[i] = i < classes ? sumOfWarp(lane == i ? gradient : 0.0f) : 0.0f;
    const Passage passage{passed, inputs, choices, pooling, passing};
    if (isInside && aligned)
      passGradients<true>(passage, outputs, weights, classes, ins, start);
    else if (isInside)
      passGradients<false>(passage, outputs, weights, classes, ins, start);
  }
  finishBatch(memory, losses, isCorrect, count, counter, sums, slot);
}
