import NeuralNetwork
internal import VectorKernels

/// Fully connected layers with the factors of their products rounded to bfloat16.
///
/// Two rounded numbers have the size of one: a matrix of pairs is stored in half the memory. Sums,
/// biases, ReLU and the sums over the gradients stay in single precision.
extension Stage {
  /// Whether the stage's factors are rounded: if bfloat16 was requested and whole vectors of pairs fit.
  ///
  /// Convolutions are not rounded. Winograd's method in single precision is faster than a direct
  /// convolution in bfloat16, and its transforms would enlarge the rounding errors of its factors.
  var roundsFactors: Bool {
    precision == .bfloat16 && work.isFullyConnected && input.count % 16 == 0
      && output.channels % 16 == 0 && output.channels >= Self.fewOutputs
  }

  /// Number of floats of scratch memory for `samples`: the larger of both passes.
  func roundedScratchCount(_ samples: Int) -> Int {
    let (inputs, outputs) = (input.count, output.channels)
    let forward = Self.paddedCount(samples) * outputs + samples * inputs / 2
    return max(forward, Self.pairs(samples) * (2 * outputs + inputs))
  }

  /// Number of pairs of samples; the last one may have one sample.
  private static func pairs(_ samples: Int) -> Int { (samples + 1) / 2 }

  /// `connect` with rounded factors.
  func connectRounded(_ memory: StageMemory, _ parameters: StageParameters) {
    let (inputs, outputs) = (input.count, output.channels)
    let products = memory.scratch
    let rounded = products + Self.paddedCount(memory.count) * outputs
    vk_pair_neighbours(memory.input, memory.count * inputs, rounded)
    vk_multiply_pairs_rows(
      RoundedWeights(self, at: parameters.factors).byInputs, rounded, outputs, memory.count,
      inputs / 2, products)
    vk_transpose(
      products, outputs, memory.count, Self.paddedCount(memory.count), memory.output)
    vk_add_bias(memory.output, parameters.bias, memory.count, outputs, hasReLU ? 1 : 0)
  }

  /// `connectGradients` with rounded factors.
  func connectRoundedGradients(
    _ memory: StageMemory, _ parameters: StageParameters, _ gradients: StageGradients
  ) {
    let (inputs, outputs, pairs) = (input.count, output.channels, Self.pairs(memory.count))
    vk_pass_gradient(
      gradients.output, hasReLU ? memory.output : nil, memory.count, outputs, gradients.bias)
    // The gradient of the weights is summed over the samples: pairs of samples.
    let rounded = memory.scratch
    let transposed = rounded + pairs * outputs
    let roundedInput = transposed + pairs * outputs
    vk_pair_rows(gradients.output, memory.count, outputs, rounded)
    vk_transpose(rounded, pairs, outputs, outputs, transposed)
    vk_pair_rows(memory.input, memory.count, inputs, roundedInput)
    vk_multiply_pairs_packing(
      transposed, pairs, 1, roundedInput, outputs, inputs, pairs, gradients.weights)
    // The gradient of the inputs is summed over the outputs: pairs of outputs.
    guard let inputGradient = gradients.input else { return }
    vk_pair_neighbours(gradients.output, memory.count * outputs, rounded)
    vk_multiply_pairs_packing(
      rounded, outputs / 2, 1, RoundedWeights(self, at: parameters.factors).byOutputs,
      memory.count, inputs, outputs / 2, inputGradient)
  }
}

/// The weights [outputs, inputs] of a fully connected layer, rounded to bfloat16.
struct RoundedWeights {
  /// Pairs of inputs: [outputs, inputs / 2].
  let byInputs: UnsafeMutablePointer<Float>
  /// Pairs of outputs: [outputs / 2, inputs]; not computed for the first stage.
  let byOutputs: UnsafeMutablePointer<Float>
  private let inputs: Int
  private let outputs: Int
  private let isFirst: Bool

  init(_ stage: Stage, at data: UnsafeMutablePointer<Float>) {
    inputs = stage.input.count
    outputs = stage.output.channels
    isFirst = stage.isFirst
    byInputs = data
    byOutputs = data + outputs * inputs / 2
  }

  /// Number of floats of both kinds of pairs.
  static func count(_ stage: Stage) -> Int { stage.input.count * stage.output.channels }

  /// Rounds the weights.
  func prepare(_ weights: UnsafePointer<Float>) {
    vk_pair_neighbours(weights, outputs * inputs, byInputs)
    if !isFirst { vk_pair_rows(weights, outputs, inputs, byOutputs) }
  }
}
