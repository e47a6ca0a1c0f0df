#pragma once
// What becomes of the sums of a product. `group` rows after each other are handed over at once, with what
// `look` found in memory for them.

/// For results that need nothing from memory.
struct Nothing {};

/// Outputs of a layer: bias, perhaps ReLU.
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

/// Outputs of a convolution that are pooled 2 x 2: the four rows of a window become one.
///
/// Of equal values the first wins. A ReLU changes nothing of that but for values that it stops.
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
    const size_t place = static_cast<size_t>(row / 4) * columns + column;
    outputs[place] = hasReLU ? rectify(value) : value;
    choices[place] = hasReLU && !(value > 0.0f) ? stopped : choice;
  }
};

/// Gradients of the weights of a convolution, in the last row those of its biases.
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

/// Gradients of the weights of a full layer, in the last column those of its biases.
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

/// How the gradient of a layer's inputs goes on to what came before it.
enum Passing {
  /// As it is.
  passAll = 0,
  /// Through a ReLU: where its output was above zero.
  passPositive = 1,
  /// Through a pooling, and a ReLU before it if there was one.
  passChosen = 2,
};

/// Where gradients of a layer's inputs go.
struct Passage {
  /// Of the outputs of the layer before, from before its ReLU and pooling.
  float *gradients;
  /// The inputs, where they went through a ReLU.
  const float *inputs;
  /// Where each input came from, where it went through a pooling.
  const Byte *choices;
  const Pooling &pooling;
  int passing;

  /// What has to be known of input `place`: its choice, or whether its gradient passes.
  __device__ int look(size_t place) const {
    if (passing == passChosen) return choices[place];
    return passing == passAll || inputs[place] > 0.0f;
  }

  /// Takes the gradient of input `place`.
  __device__ void store(size_t place, float gradient, int known) const {
    if (passing == passChosen)
      pooling.scatter(static_cast<int>(place), gradient, known, gradients);
    else
      gradients[place] = known ? gradient : 0.0f;
  }
  __device__ void store(size_t place, float gradient) const { store(place, gradient, look(place)); }
};

/// The arguments of which kernels make a `Passage`.
#define PASSAGE \
  float *passed, const float *inputs, const Byte *choices, Pooling pooling, int passing

/// Gradients of the inputs of a layer, on their way to the layer before.
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
