import NeuralNetwork

/// A layer together with the ReLU and the pooling that follow it, if any.
struct Stage {
  /// The kind of layer.
  enum Work: Equatable {
    /// With `isPooled`, a pooling of 2 x 2 follows it.
    case convolution(kernel: Int, isPooled: Bool)
    case fullyConnected
    case relu
    case maxPool(size: Int)
  }

  let work: Work
  let input: Shape
  /// The outputs of the stage: after the ReLU and the pooling, if there are any.
  let output: Shape
  /// The outputs of the layer itself: before the pooling.
  let inner: Shape
  /// Ranges of weights and biases in the flat buffers; empty for stages without parameters.
  let weights: Range<Int>
  let biases: Range<Int>
  /// Whether a ReLU follows the layer directly.
  let hasReLU: Bool
  /// Whether the gradient of the stage's inputs is needed.
  ///
  /// It is where an earlier stage has parameters.
  let passesGradient: Bool

  var hasParameters: Bool { !weights.isEmpty }
  /// The range of all parameters of the stage.
  var parameters: Range<Int> {
    hasParameters ? weights.lowerBound..<biases.upperBound : weights
  }
  /// Whether the stage stores for every output which place of the pooling window was the largest.
  var hasChoices: Bool {
    switch work {
    case .convolution(_, let isPooled): isPooled
    case .maxPool: true
    case .fullyConnected, .relu: false
    }
  }

  /// The pooling of the stage in the form that kernels take.
  var pooling: PoolingShape {
    switch work {
    case .convolution(_, true): PoolingShape(input: inner, size: 2)
    case .maxPool(let size): PoolingShape(input: input, size: size)
    case .convolution, .fullyConnected, .relu: .none
    }
  }

  /// How the gradient of the stage's outputs becomes the gradient of the layer's own outputs.
  var passing: Passing {
    switch work {
    case .convolution(_, let isPooled): isPooled ? .chosen : hasReLU ? .positive : .all
    case .fullyConnected: hasReLU ? .positive : .all
    // The kernels `relu_inputs` and `pool_inputs` do it instead.
    case .relu, .maxPool: .all
    }
  }

  /// Numbers per sample in the gradient with which the stage's backward pass begins.
  ///
  /// For a layer with parameters it is the gradient of the layer's own outputs.
  var gradientCount: Int { hasParameters ? inner.count : output.count }
}

/// The stages in which a model is computed, in the order of the forward pass.
struct Plan {
  let stages: [Stage]

  /// Groups the model's layers into stages.
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

  /// Index of the last stage if the kernel `head` can compute it together with the loss.
  ///
  /// That kernel (loss.cuh) does everything but the gradients of the weights and biases. It is nil
  /// for larger layers, where a product cut into tiles and parts is faster.
  var head: Int? {
    guard let last = stages.last, last.work == .fullyConnected, !last.hasReLU,
      last.inner.channels <= 16, last.input.count <= 1024
    else { return nil }
    return stages.count - 1
  }

  /// Index of the first stage with an early update, if any.
  ///
  /// From this stage on, parameters are updated while earlier stages still compute gradients. These
  /// are the fewest last stages with at least a quarter of all parameters. It is nil where they
  /// would include the first stage with parameters.
  var earlyUpdate: Int? {
    let all = stages.reduce(0) { $0 + $1.parameters.count }
    var late = 0
    for (index, stage) in stages.enumerated().reversed() where stage.hasParameters {
      guard stage.passesGradient else { return nil }
      late += stage.parameters.count
      if 4 * late >= all { return index }
    }
    return nil
  }

  /// Numbers per sample of the largest input of a stage or output of a layer.
  var widest: Int { stages.map { max($0.input.count, $0.inner.count) }.max() ?? 0 }
}

extension Stage {
  /// The shape of the stage's product of the given kind, for `count` samples.
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

  /// All products of a stage: those of the forward pass and, for training, of the backward pass.
  func allProducts(isForTraining: Bool) -> [ProductKernel.Kind] {
    (forwardProduct.map { [$0] } ?? []) + (isForTraining ? backwardProducts : [])
  }
}
