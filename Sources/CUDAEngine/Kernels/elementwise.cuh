#pragma once
// Kernels that compute each number by itself. A thread takes one number, or four.
#include "common.cuh"
#include "shapes.cuh"
#include "finish.cuh"

/// This thread's number over the whole grid.
__device__ inline int globalThread() { return blockIdx.x * blockDim.x + threadIdx.x; }

/// Four bytes that are read at once.
struct alignas(4) Bytes {
  Byte value[4];
};

/// Bytes of the images at `indices` (or from image `first` on, where there are none) to numbers:
/// `byte * factor + shift`. A thread makes four; `byQuads` counts those of an image.
KERNEL(256, gather, const Byte *images, const int *indices, int first, int count, int pixels,
       Divisor byQuads, float factor, float shift, float *inputs) {
  const int number = globalThread();
  const int row = divide(number, byQuads);
  if (row >= count) return;
  const int pixel = (number - row * byQuads.divisor) * 4;
  const Byte *from = images + static_cast<size_t>(indices ? indices[row] : first + row) * pixels + pixel;
  float *to = inputs + static_cast<size_t>(row) * pixels + pixel;
  if (pixels % 4 == 0) {
    const Bytes bytes = *reinterpret_cast<const Bytes *>(from);
    Quad quad;
#pragma unroll
    for (int i = 0; i < 4; i++) quad.value[i] = bytes.value[i] * factor + shift;
    *reinterpret_cast<Quad *>(to) = quad;
  } else {
    for (int i = 0; i < least(4, pixels - pixel); i++) to[i] = from[i] * factor + shift;
  }
}

/// A ReLU that no layer before it could take along.
KERNEL(256, relu_outputs, const float *inputs, float *outputs, int count) {
  const int place = globalThread();
  if (place < count) outputs[place] = rectify(inputs[place]);
}

KERNEL(256, relu_inputs, const float *outputs, const float *gradients, PASSAGE, int count) {
  const int place = globalThread();
  if (place >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  passage.store(place, outputs[place] > 0.0f ? gradients[place] : 0.0f);
}

/// The largest number of each window, of equal ones the first, and which place it has.
KERNEL(256, pool_outputs, const float *images, float *outputs, Byte *choices, Pooling pooling,
       int count) {
  const int output = globalThread();
  if (output >= count) return;
  const float *window = images + pooling.windowStart(output);
  float best = window[0];
  int choice = 0, place = 0;
  for (int row = 0; row < pooling.size; row++)
    for (int column = 0; column < pooling.size; column++, place++) {
      const float value = window[(row * pooling.width + column) * pooling.channels];
      if (value > best) {
        best = value;
        choice = place;
      }
    }
  outputs[output] = best;
  choices[output] = choice;
}

/// `count` outputs' gradients to the places that the outputs came from, zero to the others.
KERNEL(256, pool_inputs, const Byte *ownChoices, const float *gradients, Pooling own, PASSAGE,
       int count) {
  const int output = globalThread();
  if (output >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  const size_t start = own.windowStart(output);
  const int choice = ownChoices[output];
  int place = 0;
  for (int row = 0; row < own.size; row++)
    for (int column = 0; column < own.size; column++, place++)
      passage.store(start + (row * own.width + column) * own.channels,
                    place == choice ? gradients[output] : 0.0f);
}

/// What a product of cuBLAS leaves to do with the gradients of inputs.
KERNEL(256, pass_on, const float *gradients, PASSAGE, int count) {
  const int place = globalThread();
  if (place >= count) return;
  const Passage passage{passed, inputs, choices, pooling, passing};
  passage.store(place, gradients[place]);
}

/// What a product of cuBLAS leaves to do in the forward pass: bias, perhaps ReLU.
KERNEL(256, add_bias, float *outputs, const float *bias, Divisor byColumns, int count, int hasReLU) {
  const int place = globalThread();
  if (place >= count) return;
  const int column = place - divide(place, byColumns) * byColumns.divisor;
  const float value = outputs[place] + bias[column];
  outputs[place] = hasReLU ? rectify(value) : value;
}

/// Sums of the columns of a matrix, in the order of rows modulo 8 and then of these eight: the
/// gradients of biases. A block of 32 x 8 threads takes 32 columns.
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

/// Does nothing: what a kernel costs by itself.
KERNEL(32, nothing, int unused) {}
