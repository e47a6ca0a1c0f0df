import NeuralNetwork

/// How a model is computed: its stages, and which of them work block by block.
///
/// The stages before the first fully connected layer pass a block of a few images from one to the
/// next while it is in the cache. The other stages take all samples at a time, because their large
/// data are the weights.
struct Plan {
  let stages: [Stage]
  /// Number of stages that work block by block.
  let blockStages: Int
  /// Images in a block.
  let blockImages: Int

  /// The plan for a model.
  ///
  /// - Parameter precision: float32, or bfloat16 for the products that `Stage.roundsFactors` names.
  init(_ model: Model, method: ConvolutionMethod, precision: Precision) {
    stages = LayerGroup.all(of: model) { placed, hasReLU, index in
      // Only Winograd's method has all outputs of a pooling window at hand when it writes them.
      let work = Self.convolution(
        placed, hasReLU: hasReLU, isPooled: true, isFirst: index == 0, method)
      if case .winograd = work { return true }
      return false
    }.map { group in
      let isFirst = group.places.lowerBound == 0
      let work: Stage.Work =
        switch group.layer.layer {
        case .relu: .relu
        case .maxPool(let size): .maxPool(size: size)
        case .fullyConnected: .fullyConnected
        case .convolution:
          Self.convolution(
            group.layer, hasReLU: group.hasReLU, isPooled: group.precedesPooling, isFirst: isFirst,
            method)
        }
      return Stage(
        work: work, layers: group.places, input: group.layer.input, output: group.output,
        weights: group.weights, biases: group.biases, hasReLU: group.hasReLU, isFirst: isFirst,
        precision: precision)
    }
    blockStages = stages.firstIndex { $0.work.isFullyConnected } ?? stages.count
    blockImages = stages[..<blockStages].map(\.favouredImages).max() ?? 1
  }

  /// Chooses how a convolution is computed.
  private static func convolution(
    _ placed: PlacedLayer, hasReLU: Bool, isPooled: Bool, isFirst: Bool,
    _ method: ConvolutionMethod
  ) -> Stage.Work {
    guard case .convolution(let kernel, _) = placed.layer else {
      preconditionFailure("\(placed.layer) is no convolution")
    }
    let winograd = WinogradConvolution(
      input: placed.input, outputs: placed.output.channels, hasReLU: hasReLU, isPooled: isPooled)
    let im2col = Stage.Work.im2col(
      Im2colConvolution(
        input: placed.input, output: placed.output, kernel: kernel, hasReLU: hasReLU))
    guard kernel == 3, method != .im2col else { return im2col }
    if method == .winograd { return .winograd(winograd) }
    if isFirst && placed.input.channels <= DirectConvolution.mostChannels {
      return .direct(
        DirectConvolution(input: placed.input, output: placed.output, hasReLU: hasReLU))
    }
    return winograd.isWorthwhile ? .winograd(winograd) : im2col
  }
}
