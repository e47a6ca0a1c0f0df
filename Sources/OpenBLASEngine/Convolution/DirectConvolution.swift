import NeuralNetwork
internal import VectorKernels

/// A 3 x 3 convolution of images with few channels, with bias and ReLU, vectorised over the outputs.
///
/// It serves only as a first layer, because it computes no gradient of the images.
struct DirectConvolution {
  let input: Shape
  let output: Shape
  let hasReLU: Bool

  /// The most channels of the images.
  static let mostChannels = Int(VK_MOST_INPUTS)

  func forward(_ memory: StageMemory, _ parameters: StageParameters) {
    for image in 0..<memory.count {
      vk_convolve_direct(
        memory.input + image * input.count, input.height, input.width, input.channels,
        parameters.weights, parameters.bias, output.channels, hasReLU ? 1 : 0,
        memory.output + image * output.count)
    }
  }

  func backward(_ memory: StageMemory, _ gradients: StageGradients) {
    if !gradients.isAdding {
      gradients.weights.update(repeating: 0, count: 9 * input.channels * output.channels)
    }
    for image in 0..<memory.count {
      vk_convolve_direct_gradient(
        memory.input + image * input.count, input.height, input.width, input.channels,
        gradients.output + image * output.count,
        hasReLU ? memory.output + image * output.count : nil, output.channels, gradients.weights,
        gradients.bias)
    }
  }
}
