#pragma once
// Shapes of layers, with the divisors for index calculations. KernelShapes.swift has both structs
// with the same fields in the same order; all fields have 32 bits.

/// A convolution over images `[count, height, width, channels]`: stride 1, no padding.
struct Convolution {
  int count;
  int height, width, channels;
  int outputHeight, outputWidth, outputs;
  int kernel;
  /// Divisors for indices of input pixels.
  Divisor byWidth, byHeight;
  /// Divisors for indices of output pixels or, with 2 x 2 pooling, of pooling windows.
  Divisor byColumns, byRows;
  /// Divides by the size of a row of the kernel's window: kernel * channels.
  Divisor byWindowRow;
  Divisor byOutputs;
  Divisor byKernel;

  /// Numbers in a window.
  __device__ int windowSize() const { return kernel * kernel * channels; }

  /// Offset in the images from a window's first number to its number `position`.
  __device__ int windowOffset(int position) const {
    return position + divide(position, byWindowRow) * (width - kernel) * channels;
  }

  /// Index in the images at which the window of an output pixel begins.
  ///
  /// Output pixels are numbered over all images, by row and column. With `isPooled` they are numbered
  /// by pooling window, the four pixels of a window in sequence.
  __device__ size_t windowStart(int pixel, bool isPooled) const {
    const int window = isPooled ? pixel / 4 : pixel;
    const int line = divide(window, byColumns);
    int column = window - line * byColumns.divisor;
    const int image = divide(line, byRows);
    int row = line - image * byRows.divisor;
    if (isPooled) {
      row = 2 * row + pixel % 4 / 2;
      column = 2 * column + pixel % 2;
    }
    return ((static_cast<size_t>(image) * height + row) * width + column) * channels;
  }
};

/// Pooling of images `[height, width, channels]` with windows of `size` x `size`.
struct Pooling {
  int height, width, channels;
  int size;
  Divisor byChannels, byColumns, byRows;

  /// Index in the images at which the window of an output begins; outputs are numbered over all images.
  __device__ size_t windowStart(int output) const {
    const int pixel = divide(output, byChannels);
    const int channel = output - pixel * byChannels.divisor;
    const int line = divide(pixel, byColumns);
    const int column = pixel - line * byColumns.divisor;
    const int image = divide(line, byRows);
    const int row = line - image * byRows.divisor;
    return ((static_cast<size_t>(image) * height + row * size) * width + column * size) * channels +
           channel;
  }

  /// Writes the gradient of an output to the position that the output was taken from, and zero to the
  /// others.
  __device__ void scatter(int output, float gradient, int choice, float *gradients) const {
    float *window = gradients + windowStart(output);
    int position = 0;
#pragma unroll 1
    for (int row = 0; row < size; row++)
#pragma unroll 1
      for (int column = 0; column < size; column++, position++)
        window[(row * width + column) * channels] = position == choice ? gradient : 0.0f;
  }
};

/// The choice of a pooling window with an output that a ReLU set to zero: no position gets the
/// gradient.
constexpr Byte stopped = 255;
