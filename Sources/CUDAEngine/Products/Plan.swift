import NeuralNetwork

/// What is computed in one go: a layer, often with the ReLU and the pooling that follow it.
struct Stage {
  enum Work: Equatable {
    /// With `isPooled`, pooling of 2 x 2 behind it.
    case convolution(kernel: Int, isPooled: Bool)
    case fullyConnected
    case relu
    case maxPool(size: Int)
  }

  let work: Work
  let input: Shape
  /// After the ReLU and the pooling, if there are any.
  let output: Shape
  /// The outputs of the layer itself: before pooling.
  let inner: Shape
  /// Places of weights and biases in the flat buffers; empty for stages without.
  let weights: Range<Int>
  let biases: Range<Int>
  /// Whether a ReLU follows the layer at once.
  let hasReLU: Bool
  /// Whether a stage before it has parameters, and so needs the gradient of its inputs.
  let passesGradient: Bool

  var hasParameters: Bool { !weights.isEmpty }
  /// All parameters of the stage.
  var parameters: Range<Int> {
    hasParameters ? weights.lowerBound..<biases.upperBound : weights
  }
  /// Whether there is a choice to be kept for every output.
  var hasChoices: Bool {
    switch work {
    case .convolution(_, let isPooled): isPooled
    case .maxPool: true
    case .fullyConnected, .relu: false
    }
  }

  /// The pooling of the stage, as kernels take it.
  var pooling: PoolingShape {
    switch work {
    case .convolution(_, true): PoolingShape(input: inner, size: 2)
    case .maxPool(let size): PoolingShape(input: input, size: size)
    case .convolution, .fullyConnected, .relu: .none
    }
  }

  /// How the gradient of this stage's outputs becomes that of its layer's.
  var passing: Passing {
    switch work {
    case .convolution(_, let isPooled): isPooled ? .chosen : hasReLU ? .positive : .all
    case .fullyConnected: hasReLU ? .positive : .all
    // Kernels of their own do it.
    case .relu, .maxPool: .all
    }
  }

  /// Numbers in the gradient that the stage takes, for each sample: that of the layer's own outputs.
  var gradientCount: Int { hasParameters ? inner.count : output.count }
}

/// How a model is computed: its stages.
struct Plan {
  let stages: [Stage]

  init(_ model: Model) {
    var stages: [Stage] = []
    for group in LayerGroup.all(of: model, pools: { _, _, _ in true }) {
      let work: Stage.Work =
        switch group.layer.layer {
        case .relu: .relu
        case .maxPool(let size): .maxPool(size: size)
        case .fullyConnected: .fullyConnected
        case .convolution(let kernel, _): .convolution(kernel: kernel, isPooled: group.isPooled)
        }
      stages.append(
        Stage(
          work: work, input: group.layer.input, output: group.output, inner: group.layer.output,
          weights: group.weights, biases: group.biases, hasReLU: group.hasReLU,
          passesGradient: stages.contains { $0.hasParameters }))
    }
    self.stages = stages
  }

  /// The last stage, where one kernel can do all of it but its weights' gradient: `head` in loss.cuh.
  ///
  /// Beyond these sizes a product, cut into tiles and parts, is quicker.
  var head: Int? {
    guard let last = stages.last, last.work == .fullyConnected, !last.hasReLU,
      last.inner.channels <= 16, last.input.count <= 1024
    else { return nil }
    return stages.count - 1
  }

  /// The stage from which on parameters can be updated while earlier stages still work, where that is a good
  /// part of all.
  var earlyUpdate: Int? {
    let all = stages.reduce(0) { $0 + $1.parameters.count }
    var late = 0
    for (place, stage) in stages.enumerated().reversed() where stage.hasParameters {
      guard stage.passesGradient else { return nil }
      late += stage.parameters.count
      if 4 * late >= all { return place }
    }
    return nil
  }

  /// Numbers of the largest layer between stages, for one sample.
  var widest: Int { stages.map { max($0.input.count, $0.inner.count) }.max() ?? 0 }
}

extension Stage {
  /// The shape of the stage's product of a kind, for `count` samples.
  func product(_ kind: ProductKernel.Kind, count: Int) -> ProductShape {
    let (ins, outs) = (input.count, inner.channels)
    let pixels = count * inner.height * inner.width
    guard case .convolution(let kernel, _) = work else {
      switch kind {
      case .fullWeights: return ProductShape(rows: outs, columns: ins + 1, depth: count)
      case .fullInputs: return ProductShape(rows: count, columns: ins, depth: outs)
      default: return ProductShape(rows: count, columns: outs, depth: ins)
      }
    }
    let window = kernel * kernel * input.channels
    switch kind {
    case .convolutionWeights: return ProductShape(rows: window + 1, columns: outs, depth: pixels)
    case .convolutionInputs:
      return ProductShape(
        rows: count * input.height * input.width, columns: input.channels,
        depth: kernel * kernel * outs)
    case .convolutionPooled:
      return ProductShape(
        rows: 4 * count * output.height * output.width, columns: outs, depth: window)
    default: return ProductShape(rows: pixels, columns: outs, depth: window)
    }
  }

  /// The product of the forward pass; nil for stages without parameters.
  var forwardProduct: ProductKernel.Kind? {
    switch work {
    case .convolution(_, let isPooled): isPooled ? .convolutionPooled : .convolutionOutputs
    case .fullyConnected: .fullOutputs
    case .relu, .maxPool: nil
    }
  }

  /// The products of the backward pass that the stage needs.
  var backwardProducts: [ProductKernel.Kind] {
    let all: [ProductKernel.Kind]
    switch work {
    case .convolution: all = [.convolutionWeights, .convolutionInputs]
    case .fullyConnected: all = [.fullWeights, .fullInputs]
    case .relu, .maxPool: all = []
    }
    return passesGradient ? all : Array(all.prefix(1))
  }

  /// All products of a pass.
  func allProducts(isForTraining: Bool) -> [ProductKernel.Kind] {
    (forwardProduct.map { [$0] } ?? []) + (isForTraining ? backwardProducts : [])
  }
}
