internal import VectorKernels

/// The layers that are not convolutions.
extension Stage {
  /// Fully connected, with bias and ReLU.
  func connect(_ memory: StageMemory, _ parameters: StageParameters) {
    let outputs = output.channels
    if outputs < Self.fewOutputs {
      multiply(
        Matrix(memory.input, rows: memory.count, columns: input.count),
        Matrix(parameters.weights, rows: outputs, columns: input.count).transposed,
        into: Matrix(memory.output, rows: memory.count, columns: outputs))
    } else {
      // The transposed product: the few samples are packed, and the many weights are read in place.
      vk_multiply_rows(
        parameters.weights, memory.input, outputs, memory.count, input.count, memory.scratch)
      vk_transpose(
        memory.scratch, outputs, memory.count, Self.paddedCount(memory.count), memory.output)
    }
    vk_add_bias(memory.output, parameters.bias, memory.count, outputs, hasReLU ? 1 : 0)
  }

  /// Number of outputs below which packing costs more than it gains.
  static let fewOutputs = 32

  /// Floats in a row of products over `images` samples, rounded up to whole vectors of 16.
  static func paddedCount(_ images: Int) -> Int { (images + 15) / 16 * 16 }

  /// The adjoint of `connect`: gradients of weights, bias and, unless nil, of the inputs.
  func connectGradients(
    _ memory: StageMemory, _ parameters: StageParameters, _ gradients: StageGradients
  ) {
    let outputs = output.channels
    vk_pass_gradient(
      gradients.output, hasReLU ? memory.output : nil, memory.count, outputs, gradients.bias)
    // The kernel reads a few rows of its left factor at the same time. They are contiguous only in
    // the transposed gradients.
    let transposed = Matrix(memory.scratch, rows: outputs, columns: memory.count)
    vk_transpose(gradients.output, memory.count, outputs, outputs, transposed.data)
    multiplyWide(
      transposed, Matrix(memory.input, rows: memory.count, columns: input.count),
      into: Matrix(gradients.weights, rows: outputs, columns: input.count))
    guard let inputGradient = gradients.input else { return }
    multiplyWide(
      Matrix(gradients.output, rows: memory.count, columns: outputs),
      Matrix(parameters.weights, rows: outputs, columns: input.count),
      into: Matrix(inputGradient, rows: memory.count, columns: input.count))
  }

  /// A ReLU that is a stage by itself, because it follows no layer that could include it.
  func rectify(_ memory: StageMemory) {
    memory.output.update(from: memory.input, count: memory.count * output.count)
    vk_relu(memory.output, memory.count * output.count)
  }

  func rectifyGradients(_ memory: StageMemory, _ gradients: StageGradients) {
    guard let inputGradient = gradients.input else { return }
    inputGradient.update(from: gradients.output, count: memory.count * output.count)
    vk_relu_gradient(inputGradient, memory.output, memory.count * output.count)
  }

  /// A pooling that is a stage by itself, because the convolution before it could not include it.
  func pool(_ memory: StageMemory, size: Int) {
    for image in 0..<memory.count {
      vk_max_pool(
        memory.input + image * input.count, input.height, input.width, input.channels, size,
        memory.output + image * output.count, memory.choices.map { $0 + image * output.count })
    }
  }

  func poolGradients(_ memory: StageMemory, _ gradients: StageGradients, size: Int) {
    guard let inputGradient = gradients.input else { return }
    for image in 0..<memory.count {
      vk_max_pool_gradient(
        gradients.output + image * output.count,
        memory.choices.map { $0 + image * output.count }, input.height, input.width,
        input.channels, size, inputGradient + image * input.count)
    }
  }
}
