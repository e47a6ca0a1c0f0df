#pragma once
// Shapes of layers with the divisors that find places in them. KernelShapes.swift mirrors both structs,
// field by field; all fields have 32 bits.

/// A convolution over images `[count, height, width, channels]`: stride 1, no padding.
struct Convolution {
  int count;
  int height, width, channels;
  int outputHeight, outputWidth, outputs;
  int kernel;
  /// Input pixels.
  Divisor byWidth, byHeight;
  /// Output pixels, or 2 x 2 windows of them where those are pooled.
  Divisor byColumns, byRows;
  /// A row of the kernel's window: kernel * channels.
  Divisor byWindowRow;
  Divisor byOutputs;
  Divisor byKernel;

  /// Numbers of a window.
  __device__ int windowSize() const { return kernel * kernel * channels; }

  /// From the window's first number to its number `place`, in the images.
  __device__ int windowOffset(int place) const {
    return place + divide(place, byWindowRow) * (width - kernel) * channels;
  }

  /// Where the window of an output pixel begins in the images.
  ///
  /// Pixels are counted over all images by row and column or, where `isPooled`, window by window of
  /// the pooling, the four pixels of a window after each other.
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

  /// Where the window of an output, counted over all images, begins in the images.
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

  /// Gives the gradient of an output to the place that it came from, and zero to the others.
  __device__ void scatter(int output, float gradient, int choice, float *gradients) const {
    float *window = gradients + windowStart(output);
    int place = 0;
#pragma unroll 1
    for (int row = 0; row < size; row++)
#pragma unroll 1
      for (int column = 0; column < size; column++, place++)
        window[(row * width + column) * channels] = place == choice ? gradient : 0.0f;
  }
};

/// The choice of a window whose output a ReLU stopped.
constexpr Byte stopped = 255;
