#pragma once
// Softmax, cross-entropy, its gradient, and the sums of a batch.
#include "common.cuh"
#include "shapes.cuh"
#include "finish.cuh"

/// What a batch comes to. CUDAEngine's `BatchSums` mirrors it.
struct BatchSums {
  double lossSum;
  int correct;
  int samples;
};

/// A number with its place; of two equal ones the first counts as the larger.
struct Candidate {
  float value;
  int place;
};

__device__ inline float minusInfinity() { return __uint_as_float(0xff800000u); }

/// The largest of a warp's candidates, known to all its threads.
__device__ inline Candidate largestOfWarp(Candidate mine) {
#pragma unroll
  for (int distance = 16; distance > 0; distance /= 2) {
    const float value = __shfl_xor_sync(0xffffffffu, mine.value, distance);
    const int place = __shfl_xor_sync(0xffffffffu, mine.place, distance);
    if (value > mine.value || (value == mine.value && place < mine.place)) mine = {value, place};
  }
  return mine;
}

/// The sum of a warp's numbers, the same bits for all its threads.
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

/// Adds up the rows' losses and hits into `sums[slot]`; whoever calls it has written those of its own rows.
///
/// The last block to end does it, in double precision, in an order of its own that is always the same.
__device__ inline void finishBatch(LossMemory &memory, const float *losses, const int *hits,
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
    correct += hits[i];
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

/// A warp takes a row: loss, hit and, unless null, the gradient of the loss by the outputs.
///
/// Stable: the largest output is taken off before the exponential.
KERNEL(128, softmax_loss, const float *outputs, const Byte *labels, const int *indices, int first,
       int count, int classes, float *gradients, float *losses, int *hits, int *counter,
       BatchSums *sums, int slot) {
  SHARED(LossMemory, memory);
  const int lane = threadIdx.x % 32, row = blockIdx.x * 4 + threadIdx.x / 32;
  // All threads of a block stay to its end: shuffles and barriers wait for them.
  const bool isInside = row < count;
  const float *values = outputs + static_cast<size_t>(isInside ? row : 0) * classes;
  const int label = labels[indices ? indices[isInside ? row : 0] : first + (isInside ? row : 0)];
  Candidate best = {minusInfinity(), classes};
  for (int place = lane; place < classes; place += 32)
    if (values[place] > best.value) best = {values[place], place};
  best = largestOfWarp(best);
  float total = 0.0f;
  for (int place = lane; place < classes; place += 32) total += expf(values[place] - best.value);
  total = sumOfWarp(total);
  if (isInside) {
    if (gradients)
      for (int place = lane; place < classes; place += 32)
        gradients[static_cast<size_t>(row) * classes + place] =
            expf(values[place] - best.value) / total - (place == label ? 1.0f : 0.0f);
    if (lane == 0) {
      losses[row] = logf(total) + best.value - values[label];
      hits[row] = best.place == label;
    }
  }
  finishBatch(memory, losses, hits, count, counter, sums, slot);
}

/// Classes of a head, at most: a thread has a sum for each.
constexpr int headClasses = 16;

/// Four numbers of each row of the weights, from `place` on; the last row stands for those that are not
/// there, so that every load has an address and all are under way before the first is needed.
template <bool aligned>
__device__ inline void loadColumns(Quad *quads, const float *weights, int classes, int ins, int place) {
#pragma unroll
  for (int i = 0; i < headClasses; i++) {
    const float *from = weights + least(i, classes - 1) * ins + place;
    quads[i] = loadQuad<aligned>(from, ins - place);
  }
}

/// This thread's part of a row's outputs.
template <bool aligned>
__device__ inline void addOutputs(float *outputs, const float *inputs, const float *weights,
                                  int classes, int ins) {
  for (int place = 4 * (threadIdx.x % 32); place < ins; place += 128) {
    Quad weight[headClasses];
    loadColumns<aligned>(weight, weights, classes, ins, place);
    const Quad input = loadQuad<aligned>(inputs + place, ins - place);
#pragma unroll
    for (int i = 0; i < headClasses; i++)
#pragma unroll
      for (int j = 0; j < 4; j++) outputs[i] += input.value[j] * weight[i].value[j];
  }
}

/// This thread's part of the gradient of a row's inputs; `start` is the row's first place.
template <bool aligned>
__device__ inline void passGradients(const Passage &passage, const float *gradients,
                                     const float *weights, int classes, int ins, size_t start) {
  for (int place = 4 * (threadIdx.x % 32); place < ins; place += 128) {
    Quad weight[headClasses];
    loadColumns<aligned>(weight, weights, classes, ins, place);
    Quad sum = {{0.0f, 0.0f, 0.0f, 0.0f}};
#pragma unroll
    for (int i = 0; i < headClasses; i++)
#pragma unroll
      for (int j = 0; j < 4; j++) sum.value[j] += gradients[i] * weight[i].value[j];
#pragma unroll
    for (int j = 0; j < 4; j++)
      if (aligned || place + j < ins) passage.store(start + place + j, sum.value[j]);
  }
}

/// A training step's last layer in one go: its outputs, loss and hits, the gradient of the loss by the
/// outputs and, unless `passed` is null, that of the layer's inputs.
///
/// A warp takes a row. Four kernels would each wait for the one before and do next to nothing.
KERNEL(128, head, const float *weights, const float *bias, const Byte *labels, const int *indices,
       int first, int count, int ins, int classes, float *gradients, PASSAGE, float *losses, int *hits,
       int *counter, BatchSums *sums, int slot) {
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
  // From here on each of the first threads has an output.
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
    hits[row] = best.place == label;
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
  finishBatch(memory, losses, hits, count, counter, sums, slot);
}
