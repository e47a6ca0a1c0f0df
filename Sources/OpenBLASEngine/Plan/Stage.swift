import NeuralNetwork

/// What is computed in one go: a layer, often with the ReLU and the pooling that follow it.
struct Stage {
  /// How the stage is computed.
  enum Work {
    case winograd(WinogradConvolution)
    case direct(DirectConvolution)
    case im2col(Im2colConvolution)
    case fullyConnected
    case relu
    case maxPool(size: Int)

    var isFullyConnected: Bool {
      if case .fullyConnected = self { true } else { false }
    }
  }

  let work: Work
  /// Which of the model's layers it computes.
  let layers: Range<Int>
  let input: Shape
  let output: Shape
  /// Places of weights and biases in the flat buffers; empty for stages without.
  let weights: Range<Int>
  let biases: Range<Int>
  /// Whether the outputs went through a ReLU.
  let hasReLU: Bool
  /// Whether nobody needs the gradient of the inputs.
  let isFirst: Bool

  /// Number of `UInt8` kept for each sample from the forward to the backward pass.
  var choicesPerSample: Int {
    switch work {
    case .winograd(let convolution): convolution.isPooled ? output.count : 0
    case .maxPool: output.count
    default: 0
    }
  }

  /// Numbers of transformed weights; see `StageParameters.factors`.
  var factorCount: Int {
    if case .winograd(let convolution) = work { WinogradFactors.count(convolution) } else { 0 }
  }

  /// Numbers in the sums of their gradients.
  var factorSumCount: Int {
    if case .winograd(let convolution) = work { WinogradFactors.sumCount(convolution) } else { 0 }
  }

  /// Numbers of passing use for `images` at a time.
  func scratchCount(images: Int) -> Int {
    switch work {
    case .winograd(let convolution): convolution.scratchCount(images: images)
    case .im2col(let convolution): convolution.columnElements
    case .fullyConnected: Self.paddedCount(images) * output.channels
    default: 0
    }
  }

  /// Images in a block at which the stage's products are large enough to be fast.
  var favouredImages: Int {
    switch work {
    case .winograd(let convolution): convolution.favouredImages
    case .im2col(let convolution): convolution.favouredImages
    default: 1
    }
  }
}

/// Where a stage finds the numbers of the samples that it works on.
struct StageMemory {
  let count: Int
  let input: UnsafeMutablePointer<Float>
  let output: UnsafeMutablePointer<Float>
  /// For pooling stages.
  let choices: UnsafeMutablePointer<UInt8>?
  let scratch: UnsafeMutablePointer<Float>
}

/// The parameters of a stage, and what `Plan.prepare` made of them.
struct StageParameters {
  let weights: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>
  /// The weights as Winograd's products need them; for other stages not used.
  let factors: UnsafeMutablePointer<Float>
}

/// The gradients that a stage reads and writes in the backward pass.
struct StageGradients {
  let output: UnsafeMutablePointer<Float>
  /// Overwritten; nil where nobody needs it.
  let input: UnsafeMutablePointer<Float>?
  let weights: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>
  /// Sums over blocks that `WinogradFactors.finish` turns into the weights' gradient.
  let factors: UnsafeMutablePointer<Float>
  /// Whether to add to the gradients of weights and bias what is there from earlier blocks.
  let isAdding: Bool
}
