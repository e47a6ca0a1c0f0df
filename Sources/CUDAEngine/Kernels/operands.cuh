// Operands: the factors of products, as views of memory.
//
// An element of a factor has a place (the row of a left factor, the column of a right one) and a
// depth (the index along the reduction). `load` returns four numbers: four depths of one place if
// `isAlongDepth`, else one depth of four places; these are the ones that are next to each other in
// memory. Outside the factor it returns zeros.
//
// `load<true>` is for aligned data. It has no branches, because a branch would keep the loads of a
// slice from being in flight together.

/// A matrix with its rows along the reduction.
struct Rows {
  static constexpr bool isAlongDepth = true;
  const float *data;
  int count, stride;
  bool aligned;

  __device__ Rows(const float *data, int count, int stride)
      : data(data), count(count), stride(stride), aligned(isAligned(data, stride)) {}

  struct Place {
    const float *start;
    bool isInside;
  };
  __device__ Place at(int place) const {
    const bool isInside = place < count;
    return {data + (isInside ? static_cast<size_t>(place) * stride : 0), isInside};
  }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    return loadQuad<inQuads>(place.start + depth, place.isInside ? end - depth : 0);
  }
};

/// A matrix with its columns along the reduction.
///
/// With `hasOnes`, a column of ones follows the last column: its product with a gradient is the
/// gradient of the bias.
template <bool hasOnes> struct Columns {
  static constexpr bool isAlongDepth = false;
  const float *data;
  int count;
  bool aligned;

  __device__ Columns(const float *data, int count)
      : data(data), count(count), aligned(isAligned(data, count)) {}

  struct Place {
    int first;
  };
  __device__ Place at(int first) const { return {first}; }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    const int rest = count - place.first;
    Quad quad = loadQuad<inQuads>(
        data + static_cast<size_t>(depth) * count + place.first, depth < end ? rest : 0);
    if (hasOnes && depth < end) {
#pragma unroll
      for (int i = 0; i < (inQuads ? 1 : 4); i++)
        if (i == rest) quad.value[i] = 1.0f;
    }
    return quad;
  }
};

/// The windows of a convolution: a place is an output pixel, its window is along the reduction.
struct Windows {
  static constexpr bool isAlongDepth = true;
  const float *images;
  const Convolution &shape;
  int count;
  bool isPooled, aligned;

  __device__ Windows(const float *images, const Convolution &shape, int count, bool isPooled)
      : images(images), shape(shape), count(count), isPooled(isPooled),
        aligned(isAligned(images, shape.channels)) {}

  struct Place {
    const float *start;
    bool isInside;
  };
  __device__ Place at(int place) const {
    const bool isInside = place < count;
    return {images + (isInside ? shape.windowStart(place, isPooled) : 0), isInside};
  }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    const int rest = place.isInside ? end - depth : 0;
    // The number of channels is a multiple of four; so are the size of a window and the index of its
    // start.
    if constexpr (inQuads) {
      return loadQuad<true>(place.start + shape.windowOffset(depth), rest);
    } else {
      Quad quad;
#pragma unroll
      for (int i = 0; i < 4; i++)
        quad.value[i] = i < rest ? place.start[shape.windowOffset(depth + i)] : 0.0f;
      return quad;
    }
  }
};

/// The windows of a convolution, transposed: a place is a position in a window, all output pixels are
/// along the reduction. A place of ones follows the last one, for the gradient of the bias.
struct WindowColumns {
  static constexpr bool isAlongDepth = false;
  static constexpr int outside = -1, one = -2;
  const float *images;
  const Convolution &shape;
  bool aligned;

  __device__ WindowColumns(const float *images, const Convolution &shape)
      : images(images), shape(shape), aligned(isAligned(images, shape.channels)) {}

  struct Place {
    int offset[4];
  };
  __device__ Place at(int first) const {
    Place place;
    const int size = shape.windowSize();
#pragma unroll
    for (int i = 0; i < 4; i++)
      place.offset[i] = first + i < size    ? shape.windowOffset(first + i)
                        : first + i == size ? one
                                            : outside;
    return place;
  }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    const float *start = images + shape.windowStart(depth, false);
    const bool isInside = depth < end;
    Quad quad = {{0.0f, 0.0f, 0.0f, 0.0f}};
    // The size of an aligned window is a multiple of four: all four numbers are inside, or none.
    if constexpr (inQuads)
      quad = loadQuad<true>(start + place.offset[0], isInside && place.offset[0] >= 0 ? 4 : 0);
#pragma unroll
    for (int i = 0; i < 4; i++) {
      if (!inQuads && isInside && place.offset[i] >= 0) quad.value[i] = start[place.offset[i]];
      if (isInside && place.offset[i] == one) quad.value[i] = 1.0f;
    }
    return quad;
  }
};

/// The gradients of a convolution's outputs by input pixel: a place is an input pixel. The gradients of
/// the outputs that it contributed to are along the reduction, as
/// `[kernel row, kernel column, output]`.
struct GradientWindows {
  static constexpr bool isAlongDepth = true;
  const float *gradients;
  const Convolution &shape;
  int count;
  bool aligned;

  __device__ GradientWindows(const float *gradients, const Convolution &shape, int count)
      : gradients(gradients), shape(shape), count(count),
        aligned(isAligned(gradients, shape.outputs)) {}

  struct Place {
    /// The gradients of the output pixel with this row and column, which has the input pixel first in
    /// its window. There may be no such output pixel.
    const float *start;
    int row, column;
  };
  __device__ Place at(int place) const {
    // Beyond the last pixel: a row that is outside for every kernel row, so that all numbers are zero.
    if (place >= count) return {gradients, -shape.kernel, 0};
    const int line = divide(place, shape.byWidth);
    const int image = divide(line, shape.byHeight);
    const int row = line - image * shape.height, column = place - line * shape.width;
    const size_t pixel =
        (static_cast<size_t>(image) * shape.outputHeight + row) * shape.outputWidth + column;
    return {gradients + pixel * shape.outputs, row, column};
  }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    const float *from = find(place, depth, end);
    if constexpr (inQuads) {
      return loadQuad<true>(from, from ? 4 : 0);
    } else {
      Quad quad;
      quad.value[0] = from ? *from : 0.0f;
#pragma unroll
      for (int i = 1; i < 4; i++) {
        from = find(place, depth + i, end);
        quad.value[i] = from ? *from : 0.0f;
      }
      return quad;
    }
  }

  /// The address of the gradient at `depth`, or null where there is no such output. The values that
  /// depend on the depth alone are the same for all places.
  __device__ const float *find(const Place &place, int depth, int end) const {
    const int tap = divide(depth, shape.byOutputs);
    const int kernelRow = divide(tap, shape.byKernel), kernelColumn = tap - kernelRow * shape.kernel;
    const int offset =
        depth - (tap + kernelRow * shape.outputWidth + kernelColumn) * shape.outputs;
    // A negative number is a large one when unsigned, so that one comparison checks both bounds. `&`
    // and not `&&`, to have no branches: see the head of this file.
    const bool isInside =
        (depth < end) &
        (static_cast<unsigned>(place.row - kernelRow) < static_cast<unsigned>(shape.outputHeight)) &
        (static_cast<unsigned>(place.column - kernelColumn) < static_cast<unsigned>(shape.outputWidth));
    return isInside ? place.start + offset : nullptr;
  }
};

/// The weights of a convolution, transposed: a place is an input channel, its weights are along the
/// reduction, as `[kernel row, kernel column, output]`.
struct TurnedWeights {
  static constexpr bool isAlongDepth = true;
  const float *weights;
  const Convolution &shape;
  bool aligned;

  __device__ TurnedWeights(const float *weights, const Convolution &shape)
      : weights(weights), shape(shape), aligned(isAligned(weights, shape.outputs)) {}

  struct Place {
    const float *start;
    bool isInside;
  };
  __device__ Place at(int place) const {
    return {weights + place * shape.outputs, place < shape.channels};
  }
  template <bool inQuads> __device__ Quad load(const Place &place, int depth, int end) const {
    const int rest = place.isInside ? end - depth : 0;
    if constexpr (inQuads) {
      return loadQuad<true>(place.start + offset(depth), rest);
    } else {
      Quad quad;
#pragma unroll
      for (int i = 0; i < 4; i++) quad.value[i] = i < rest ? place.start[offset(depth + i)] : 0.0f;
      return quad;
    }
  }
  /// Offset from a channel's first weight to its weight at `depth`.
  __device__ int offset(int depth) const {
    return depth + divide(depth, shape.byOutputs) * (shape.channels - 1) * shape.outputs;
  }
};
