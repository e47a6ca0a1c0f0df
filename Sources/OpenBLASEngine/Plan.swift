import NeuralNetwork

/// How a model is computed: its stages, and which of them go through the images block by block.
///
/// The stages before the first fully connected layer pass a block of a few images from one to the
/// next while it lies in the cache; the others take all samples at a time, because there the
/// weights are what is large.
struct Plan {
  let stages: [Stage]
  /// Number of stages that work block by block.
  let blockStages: Int
  /// Images in a block.
  let blockImages: Int

  init(_ model: Model, method: ConvolutionMethod) {
    let layout = ParameterLayout(of: model)
    let layers = model.layers
    var stages: [Stage] = []
    var place = 0
    while place < layers.count {
      let placed = layers[place]
      func follows(_ layer: Layer, _ distance: Int) -> Bool {
        place + distance < layers.count && layers[place + distance].layer == layer
      }
      func range(_ part: String) -> Range<Int> {
        placed.name.flatMap { layout["\($0).\(part)"]?.range } ?? 0..<0
      }
      let hasReLU = placed.name != nil && follows(.relu, 1)
      var length = hasReLU ? 2 : 1
      let work: Stage.Work
      switch placed.layer {
      case .relu: work = .relu
      case .maxPool(let size): work = .maxPool(size: size)
      case .fullyConnected: work = .fullyConnected
      case .convolution(let kernel, _):
        let isPooled = follows(.maxPool(size: 2), length)
        work = Self.convolution(
          placed, kernel: kernel, hasReLU: hasReLU, isPooled: isPooled, isFirst: place == 0, method)
        if case .winograd = work, isPooled { length += 1 }
      }
      stages.append(
        Stage(
          work: work, layers: place..<(place + length), input: placed.input,
          output: layers[place + length - 1].output, weights: range("weight"),
          biases: range("bias"), hasReLU: hasReLU, isFirst: place == 0))
      place += length
    }
    self.stages = stages
    blockStages = stages.firstIndex { $0.work.isFullyConnected } ?? stages.count
    blockImages = stages[..<blockStages].map(\.favouredImages).max() ?? 1
  }

  private static func convolution(
    _ placed: PlacedLayer, kernel: Int, hasReLU: Bool, isPooled: Bool, isFirst: Bool,
    _ method: ConvolutionMethod
  ) -> Stage.Work {
    let winograd = WinogradConvolution(
      input: placed.input, outputs: placed.output.channels, hasReLU: hasReLU, isPooled: isPooled)
    let im2col = Stage.Work.im2col(
      Im2colConvolution(
        input: placed.input, output: placed.output, kernel: kernel, hasReLU: hasReLU))
    guard kernel == 3, method != .im2col else { return im2col }
    if method == .winograd { return .winograd(winograd) }
    if isFirst && placed.input.channels == 1 {
      return .direct(
        DirectConvolution(input: placed.input, output: placed.output, hasReLU: hasReLU))
    }
    return winograd.isWorthwhile ? .winograd(winograd) : im2col
  }
}
