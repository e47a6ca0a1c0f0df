#pragma once
// Kernels that compute every result independently of the others. A thread computes one result, or four.
#include "common.cuh"
#include "shapes.cuh"
#include "finish.cuh"

/// This thread's index in the whole grid.
__device__ inline int globalThread() { return blockIdx.x * blockDim.x + threadIdx.x; }

/// Four bytes that one instruction loads.
struct alignas(4) Bytes {
  Byte value[4];
};

/// Constants of a normalisation: byte `p` of an image becomes `byte * factor + shift` with the factor
/// and the shift of position `p % 12`. Twelve is a multiple of 1, 2, 3 and 4 channels, and each group of
/// four bytes uses one quad of each. `NormalisationConstants` in KernelShapes.swift has the same fields.
struct Normalisation {
  Quad factors[3], shifts[3];
};

/// Converts the bytes of images, `size` in each, to normalised numbers. The images are those at
/// `indices` or, if `indices` is null, `count` images from `first` on. A thread converts four bytes;
/// `byQuads` divides by the number of such groups in an image.
KERNEL(256, gather, const Byte *images, const int *indices, int first, int count, int size,
       Divisor byQuads, Normalisation normalisation, float *inputs) {
  const int number = globalThread();
  const int row = divide(number, byQuads);
  if (row >= count) return;
  const int group = number - row * byQuads.divisor, start = group * 4;
  const Byte *from = images + static_cast<size_t>(indices ? indices[row] : first + row) * size + start;
  float *to = inputs + static_cast<size_t>(row) * size + start;
  const Quad factors = normalisation.factors[group % 3], shifts = normalisation.shifts[group % 3];
  if (size % 4 == 0) {
    const Bytes bytes = *reinterpret_cast<const Bytes *>(from);
    Quad quad;
#pragma unroll
    for (int i = 0; i < 4; i++) quad.value[i] = bytes.value[i] * factors.value[i] + shifts.value[i];
    *reinterpret_cast<Quad *>(to) = quad;
  } else {
#pragma unroll
    for (int i = 0; i < 4; i++)
      if (start + i < size) to[i] = from[i] * factors.value[i] + shifts.value[i];
  }
}

/// Forward pass of a ReLU that is not fused into the kernel of the layer before it.
KERNEL(256, relu_outputs, const float *inputs, float *outputs, int count) {
  const int index = globalThread();
  if (index < count) outputs[index] = rectify(inputs[index]);
}

/// Backward pass of such a ReLU.
KERNEL(256, relu_inputs, const float *outputs, const float *gradients, PASSAGE, int count) {
  const int index = globalThread();
  if (index >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  passage.store(index, outputs[index] > 0.0f ? gradients[index] : 0.0f);
}

/// Forward pass of max-pooling: the largest number of each window, and its position in the window (of
/// equal numbers, the first).
KERNEL(256, pool_outputs, const float *images, float *outputs, Byte *choices, Pooling pooling,
       int count) {
  const int output = globalThread();
  if (output >= count) return;
  const float *window = images + pooling.windowStart(output);
  float best = window[0];
  int choice = 0, position = 0;
  for (int row = 0; row < pooling.size; row++)
    for (int column = 0; column < pooling.size; column++, position++) {
      const float value = window[(row * pooling.width + column) * pooling.channels];
      if (value > best) {
        best = value;
        choice = position;
      }
    }
  outputs[output] = best;
  choices[output] = choice;
}

/// Backward pass of max-pooling: writes the gradients of `count` outputs to the positions that the
/// outputs were taken from, and zero to the others.
KERNEL(256, pool_inputs, const Byte *ownChoices, const float *gradients, Pooling own, PASSAGE,
       int count) {
  const int output = globalThread();
  if (output >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  const size_t start = own.windowStart(output);
  const int choice = ownChoices[output];
  int position = 0;
  for (int row = 0; row < own.size; row++)
    for (int column = 0; column < own.size; column++, position++)
      passage.store(start + (row * own.width + column) * own.channels,
                    position == choice ? gradients[output] : 0.0f);
}

/// Completes a backward product of cuBLAS: passes the gradients of a layer's inputs on through
/// `Passage`.
KERNEL(256, pass_on, const float *gradients, PASSAGE, int count) {
  const int index = globalThread();
  if (index >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  passage.store(index, gradients[index]);
}

/// Completes a forward product of cuBLAS: adds the bias and applies ReLU where the layer has one.
KERNEL(256, add_bias, float *outputs, const float *bias, Divisor byColumns, int count, int hasReLU) {
  const int index = globalThread();
  if (index >= count) return;
  const int column = index - divide(index, byColumns) * byColumns.divisor;
  const float value = outputs[index] + bias[column];
  outputs[index] = hasReLU ? rectify(value) : value;
}

/// Sums of the columns of a matrix: the gradients of biases. Rows with the same index modulo 8 are
/// added first, then these eight sums. A block of 32 x 8 threads computes 32 columns.
KERNEL(256, column_sums, const float *matrix, float *sums, int rows, int columns) {
  struct Memory {
    float value[8][32];
  };
  SHARED(Memory, memory);
  const int lane = threadIdx.x % 32, line = threadIdx.x / 32;
  const int column = blockIdx.x * 32 + lane;
  float sum = 0.0f;
  if (column < columns)
    for (int row = line; row < rows; row += 8) sum += matrix[static_cast<size_t>(row) * columns + column];
  memory.value[line][lane] = sum;
  __syncthreads();
  if (line != 0 || column >= columns) return;
  for (int i = 1; i < 8; i++) sum += memory.value[i][lane];
  sums[column] = sum;
}

/// An empty kernel, to measure the cost of a launch.
KERNEL(32, nothing, int unused) {}
