// The products of layers. Parameters are in `ParameterLayout`'s flat order: full layers [out, in],
// convolutions [row, column, in, out], images [height, width, channels].
//
// Each macro defines the kernel of one product for one tile, such as full_outputs_MediumTile: only
// the kernels that a model needs are compiled.

/// The last arguments of all products.
#define REDUCTION int part, float *partials, int *counters

// outputs = inputs * weights^T
#define PRODUCT_full_outputs(T) \
  KERNEL(T::threads, full_outputs_##T, const float *inputs, const float *weights, const float *bias, \
         float *outputs, int count, int ins, int outs, int hasReLU, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    product<T>(Rows(inputs, count, ins), Rows(weights, outs, ins), \
               Outputs{outputs, bias, count, outs, hasReLU != 0}, \
               Reduction{ins, part, partials, counters}, memory); \
  }

// weights' gradient = outputs' gradient^T * [inputs, 1]
#define PRODUCT_full_weights(T) \
  KERNEL(T::threads, full_weights_##T, const float *inputs, const float *gradients, float *weights, \
         float *bias, int count, int ins, int outs, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    product<T>(Columns<false>(gradients, outs), Columns<true>(inputs, ins), \
               FullGradients{weights, bias, outs, ins}, \
               Reduction{count, part, partials, counters}, memory); \
  }

// inputs' gradient = outputs' gradient * weights
#define PRODUCT_full_inputs(T) \
  KERNEL(T::threads, full_inputs_##T, const float *gradients, const float *weights, \
         PASSAGE, int count, int ins, int outs, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    const Passage passage{passed, inputs, choices, pooling, passing}; \
    product<T>(Rows(gradients, count, outs), Columns<false>(weights, ins), \
               InputGradients{passage, count, ins}, \
               Reduction{outs, part, partials, counters}, memory); \
  }

// outputs = windows * weights
#define PRODUCT_conv_outputs(T) \
  KERNEL(T::threads, conv_outputs_##T, const float *images, const float *weights, \
         const float *bias, float *outputs, Convolution shape, int pixels, int hasReLU, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    product<T>(Windows(images, shape, pixels, false), Columns<false>(weights, shape.outputs), \
               Outputs{outputs, bias, pixels, shape.outputs, hasReLU != 0}, \
               Reduction{shape.windowSize(), part, partials, counters}, memory); \
  }

// The same with 2 x 2 max-pooling; `pixels` counts the output pixels that are in a pooling window.
#define PRODUCT_conv_pooled(T) \
  KERNEL(T::threads, conv_pooled_##T, const float *images, const float *weights, const float *bias, \
         float *outputs, Byte *choices, Convolution shape, int pixels, int hasReLU, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    product<T>(Windows(images, shape, pixels, true), Columns<false>(weights, shape.outputs), \
               PooledOutputs{outputs, choices, bias, pixels, shape.outputs, hasReLU != 0}, \
               Reduction{shape.windowSize(), part, partials, counters}, memory); \
  }

// weights' gradient = [windows, 1]^T * outputs' gradient
#define PRODUCT_conv_weights(T) \
  KERNEL(T::threads, conv_weights_##T, const float *images, const float *gradients, float *weights, \
         float *bias, Convolution shape, int pixels, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    product<T>(WindowColumns(images, shape), Columns<false>(gradients, shape.outputs), \
               ConvolutionGradients{weights, bias, shape.windowSize(), shape.outputs}, \
               Reduction{pixels, part, partials, counters}, memory); \
  }

// images' gradient = windows of outputs' gradients * transposed weights
#define PRODUCT_conv_inputs(T) \
  KERNEL(T::threads, conv_inputs_##T, const float *gradients, const float *weights, \
         PASSAGE, Convolution shape, int pixels, REDUCTION) { \
    SHARED(ProductMemory<T>, memory); \
    const Passage passage{passed, inputs, choices, pooling, passing}; \
    product<T>(GradientWindows(gradients, shape, pixels), TurnedWeights(weights, shape), \
               InputGradients{passage, pixels, shape.channels}, \
               Reduction{shape.kernel * shape.kernel * shape.outputs, part, partials, counters}, \
               memory); \
  }
