#pragma once
// Epilogues of products: each stores the sums of a product as one kind of layer needs them.
//
// `product` calls `look(row, column)`, which loads from memory what the result needs, and then
// `store` with that value and the sums of `group` consecutive rows.

/// The type `Known` of epilogues that need nothing from memory.
struct Nothing {};

/// Outputs of a layer: sum plus bias, with ReLU where the layer has one.
struct Outputs {
  static constexpr int group = 1;
  float *outputs;
  const float *bias;
  int rows, columns;
  bool hasReLU;

  typedef float Known;
  __device__ Known look(int, int column) const { return column < columns ? bias[column] : 0.0f; }
  __device__ void store(int row, int column, const float *sums, Known known) const {
    if (row >= rows || column >= columns) return;
    const float value = sums[0] + known;
    outputs[static_cast<size_t>(row) * columns + column] = hasReLU ? rectify(value) : value;
  }
};

/// Outputs of a convolution with 2 x 2 max-pooling: the four rows of a window become one output.
///
/// Of equal values, the first is chosen. A ReLU does not change the choice, except that a value which
/// it sets to zero has the choice `stopped`.
struct PooledOutputs {
  static constexpr int group = 4;
  float *outputs;
  Byte *choices;
  const float *bias;
  int rows, columns;
  bool hasReLU;

  typedef float Known;
  __device__ Known look(int, int column) const { return column < columns ? bias[column] : 0.0f; }
  __device__ void store(int row, int column, const float *sums, Known known) const {
    if (row >= rows || column >= columns) return;
    float best = sums[0];
    int choice = 0;
#pragma unroll
    for (int i = 1; i < 4; i++)
      if (sums[i] > best) {
        best = sums[i];
        choice = i;
      }
    const float value = best + known;
    const size_t index = static_cast<size_t>(row / 4) * columns + column;
    outputs[index] = hasReLU ? rectify(value) : value;
    choices[index] = hasReLU && !(value > 0.0f) ? stopped : choice;
  }
};

/// Gradients of the weights of a convolution; the last row has those of its biases.
struct ConvolutionGradients {
  static constexpr int group = 1;
  float *weights, *bias;
  int rows, columns;

  typedef Nothing Known;
  __device__ Known look(int, int) const { return {}; }
  __device__ void store(int row, int column, const float *sums, Known) const {
    if (row > rows || column >= columns) return;
    if (row == rows)
      bias[column] = sums[0];
    else
      weights[row * columns + column] = sums[0];
  }
};

/// Gradients of the weights of a full layer; the last column has those of its biases.
struct FullGradients {
  static constexpr int group = 1;
  float *weights, *bias;
  int rows, columns;

  typedef Nothing Known;
  __device__ Known look(int, int) const { return {}; }
  __device__ void store(int row, int column, const float *sums, Known) const {
    if (row >= rows || column > columns) return;
    if (column == columns)
      bias[row] = sums[0];
    else
      weights[static_cast<size_t>(row) * columns + column] = sums[0];
  }
};

/// How the gradient of a layer's inputs becomes the gradient of the previous layer's outputs.
enum Passing {
  /// Unchanged.
  passAll = 0,
  /// Through a ReLU: it passes where the output of the ReLU is above zero.
  passPositive = 1,
  /// Through a max-pooling, and a ReLU before the pooling if there is one.
  passChosen = 2,
};

/// The destination of the gradients of a layer's inputs.
struct Passage {
  /// Gradients of the previous layer's outputs, before its ReLU and pooling.
  float *gradients;
  /// The layer's inputs; read with `passPositive`.
  const float *inputs;
  /// For each input, the position in its pooling window that it was taken from; read with `passChosen`.
  const Byte *choices;
  const Pooling &pooling;
  int passing;

  /// Loads what `store` needs for one input: its choice, or whether its gradient passes.
  __device__ int look(size_t index) const {
    if (passing == passChosen) return choices[index];
    return passing == passAll || inputs[index] > 0.0f;
  }

  /// Stores the gradient of one input; `known` is the result of `look`.
  __device__ void store(size_t index, float gradient, int known) const {
    if (passing == passChosen)
      pooling.scatter(static_cast<int>(index), gradient, known, gradients);
    else
      gradients[index] = known ? gradient : 0.0f;
  }
  __device__ void store(size_t index, float gradient) const { store(index, gradient, look(index)); }
};

/// The kernel arguments that a `Passage` is made from.
#define PASSAGE \
  float *passed, const float *inputs, const Byte *choices, Pooling pooling, int passing

/// Gradients of the inputs of a layer, passed on to the previous layer.
struct InputGradients {
  static constexpr int group = 1;
  const Passage &passage;
  int rows, columns;

  typedef int Known;
  __device__ Known look(int row, int column) const {
    return row < rows && column < columns
               ? passage.look(static_cast<size_t>(row) * columns + column) : 0;
  }
  __device__ void store(int row, int column, const float *sums, Known known) const {
    if (row < rows && column < columns)
      passage.store(static_cast<size_t>(row) * columns + column, sums[0], known);
  }
};
