// Softmax, cross-entropy, its gradient, and the sums of a batch.

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

/// A warp takes a row: loss, hit and, unless null, the gradient of the loss by the outputs.
///
/// The last block to end adds up the rows' losses in double precision, in an order of its own that is
/// always the same, into `sums[slot]`. Stable: the largest output is taken off before the exponential.
KERNEL(128, softmax_loss, const float *outputs, const Byte *labels, const int *indices, int first,
       int count, int classes, float *gradients, float *losses, int *hits, int *counter,
       BatchSums *sums, int slot) {
  SHARED(LossMemory, memory);
  const int lane = threadIdx.x % 32, row = blockIdx.x * 4 + threadIdx.x / 32;
  // All threads of a block stay to its end: shuffles and barriers wait for them.
  const bool isInside = row < count;
  const float *values = outputs + static_cast<size_t>(isInside ? row : 0) * classes;
  const int label = labels[indices ? indices[isInside ? row : 0] : first + (isInside ? row : 0)];
  // Minus infinity.
  Candidate best = {__uint_as_float(0xff800000u), classes};
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
