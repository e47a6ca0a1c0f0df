import NeuralNetwork
internal import VectorKernels

/// A 3 x 3 convolution by Winograd's method F(4x4, 3x3), with bias, ReLU and 2 x 2 pooling.
///
/// For each pair of channels, a tile of 4 x 4 outputs takes 36 multiplications instead of 144. The
/// inputs d and the weights w are transformed (V = B^T d B, U = G w G^T), multiplied place by place
/// (M = V U: for each of the 36 places of a transformed tile a matrix product over the channels),
/// and transformed back (A^T M A). The backward pass is the adjoint, step by step: dM = A dy A^T,
/// dU = V^T dM, dV = dM U^T, dd = B dV B^T, dw = G^T dU G. One dM serves both gradients. See Lavin
/// and Gray, "Fast Algorithms for Convolutional Neural Networks", 2016.
///
/// The backward pass computes V again: that takes less time than to fetch it from memory.
struct WinogradConvolution {
  let shape: vk_winograd_shape
  let input: Shape
  /// Shape of the outputs, after the pooling if `isPooled`.
  let output: Shape
  let hasReLU: Bool
  let isPooled: Bool
  /// Number of tiles of an image.
  let tiles: Int

  /// Number of places of a transformed tile, 6 x 6; each place is one matrix product.
  static let places = 36

  init(input: Shape, outputs: Int, hasReLU: Bool, isPooled: Bool) {
    self.input = input
    self.hasReLU = hasReLU
    self.isPooled = isPooled
    var (rows, columns) = (input.height - 2, input.width - 2)
    output =
      isPooled
      ? Shape(height: rows / 2, width: columns / 2, channels: outputs)
      : Shape(height: rows, width: columns, channels: outputs)
    if isPooled { (rows, columns) = (output.height * 2, output.width * 2) }
    tiles = ((rows + 3) / 4) * ((columns + 3) / 4)
    shape = vk_winograd_shape(
      input_rows: input.height, input_columns: input.width, inputs: input.channels,
      output_rows: rows, output_columns: columns, outputs: outputs)
  }

  /// Whether Winograd's method is expected to be faster than im2col.
  ///
  /// This requires enough channels to pay for the transforms, and that at least half of the outputs
  /// of the tiles are used.
  var isWorthwhile: Bool {
    input.channels >= 8 && output.channels >= 8
      && shape.output_rows * shape.output_columns >= 8 * tiles
  }
  /// Number of images that together have enough tiles for fast products.
  var favouredImages: Int { max(1, 32 / tiles) }
  /// Number of floats of scratch memory for V and M of a block.
  func scratchCount(images: Int) -> Int {
    let block = WinogradBlock(self, images: images)
    return Self.places * (block.inputPlane + block.outputPlane)
  }

  func forward(_ memory: StageMemory, _ parameters: StageParameters) {
    let block = WinogradBlock(self, images: memory.count)
    let (v, m) = block.split(memory.scratch)
    let factors = WinogradFactors(self, at: parameters.factors)
    transformInputs(memory, plane: block.inputPlane, into: v)
    let next = NextBlock(memory, input: input, output: output, outputs: memory.output)
    for place in 0..<Self.places {
      next.fetch(part: place, of: Self.places)
      multiplySmall(
        block.inputs(v, place), factors.weights(place), into: block.outputs(m, place))
    }
    withUnsafePointer(to: shape) { shape in
      for image in 0..<memory.count {
        let m = m + image * tiles * output.channels
        let result = memory.output + image * output.count
        if isPooled {
          vk_winograd_output_pooled(
            shape, m, block.outputPlane, parameters.bias, hasReLU ? 1 : 0, result,
            memory.choices.map { $0 + image * output.count })
        } else {
          vk_winograd_output(
            shape, m, block.outputPlane, parameters.bias, hasReLU ? 1 : 0, result)
        }
      }
    }
  }

  /// Computes all gradients of a block; those of the weights stay in transformed form, as dU.
  func backward(
    _ memory: StageMemory, _ parameters: StageParameters, _ gradients: StageGradients
  ) {
    let block = WinogradBlock(self, images: memory.count)
    let (v, m) = block.split(memory.scratch)
    transformInputs(memory, plane: block.inputPlane, into: v)
    transformGradients(memory, gradients, plane: block.outputPlane, into: m)
    let factors = WinogradFactors(self, at: parameters.factors)
    let sums = WinogradFactors(self, at: gradients.factors)
    let next = NextBlock(
      memory, input: input, output: output,
      outputs: gradients.outputContinues ? gradients.output : nil)
    for place in 0..<Self.places {
      next.fetch(part: place, of: Self.places)
      let (inputs, outputs) = (block.inputs(v, place), block.outputs(m, place))
      multiplySmall(
        inputs.transposed, outputs, into: sums.weights(place), adding: gradients.isAdding)
      // V is not needed any more, and dV overwrites it.
      if gradients.input != nil {
        multiplySmall(outputs, factors.transposedWeights(place), into: inputs)
      }
    }
    guard let inputGradient = gradients.input else { return }
    inputGradient.update(repeating: 0, count: memory.count * input.count)
    withUnsafePointer(to: shape) { shape in
      for image in 0..<memory.count {
        vk_winograd_input_adjoint(
          shape, v + image * tiles * input.channels, block.inputPlane,
          inputGradient + image * input.count)
      }
    }
  }

  private func transformInputs(
    _ memory: StageMemory, plane: Int, into v: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: shape) { shape in
      for image in 0..<memory.count {
        vk_winograd_input(
          shape, memory.input + image * input.count, plane, v + image * tiles * input.channels)
      }
    }
  }

  private func transformGradients(
    _ memory: StageMemory, _ gradients: StageGradients, plane: Int,
    into m: UnsafeMutablePointer<Float>
  ) {
    withUnsafePointer(to: shape) { shape in
      for image in 0..<memory.count {
        let m = m + image * tiles * output.channels
        let gradient = gradients.output + image * output.count
        if isPooled {
          vk_winograd_gradient_pooled(
            shape, gradient, memory.choices.map { $0 + image * output.count }, plane, m,
            gradients.bias)
        } else {
          vk_winograd_gradient(
            shape, gradient, hasReLU ? memory.output + image * output.count : nil, plane, m,
            gradients.bias)
        }
      }
    }
  }
}
