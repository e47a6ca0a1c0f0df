import NeuralNetwork

/// A unit of computation: one layer, often with the ReLU and the pooling that follow it.
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
  /// Indices of the model's layers that the stage computes.
  let layers: Range<Int>
  let input: Shape
  let output: Shape
  /// Ranges of weights and biases in the flat buffers; empty for stages without parameters.
  let weights: Range<Int>
  let biases: Range<Int>
  /// Whether a ReLU is applied to the outputs.
  let hasReLU: Bool
  /// Whether this is the first stage, where the gradient of the inputs is not needed.
  let isFirst: Bool
  /// The requested precision of the factors of products; see `roundsFactors`.
  let precision: Precision

  /// Number of `UInt8` kept for each sample from the forward to the backward pass.
  var choicesPerSample: Int {
    switch work {
    case .winograd(let convolution): convolution.isPooled ? output.count : 0
    case .maxPool: output.count
    default: 0
    }
  }

  /// Number of floats for the transformed weights; see `StageParameters.factors`.
  var factorCount: Int {
    switch work {
    case .winograd(let convolution): WinogradFactors.count(convolution)
    case .fullyConnected where roundsFactors: RoundedWeights.count(self)
    default: 0
    }
  }

  /// Number of floats for the sums of the transformed weights' gradients.
  var factorSumCount: Int {
    if case .winograd(let convolution) = work { WinogradFactors.sumCount(convolution) } else { 0 }
  }

  /// Number of floats of scratch memory for `images` at a time.
  func scratchCount(images: Int) -> Int {
    switch work {
    case .winograd(let convolution): convolution.scratchCount(images: images)
    case .im2col(let convolution): convolution.columnElements
    case .fullyConnected:
      roundsFactors ? roundedScratchCount(images) : Self.paddedCount(images) * output.channels
    default: 0
    }
  }

  /// Number of images in a block that makes the stage's products large enough to be fast.
  var favouredImages: Int {
    switch work {
    case .winograd(let convolution): convolution.favouredImages
    case .im2col(let convolution): convolution.favouredImages
    default: 1
    }
  }
}

/// The memory of a stage for the samples that it works on.
struct StageMemory {
  let count: Int
  /// Number of samples of the next block, which follow in all buffers but `scratch`; 0 if this is the
  /// last block.
  let nextCount: Int
  let input: UnsafeMutablePointer<Float>
  let output: UnsafeMutablePointer<Float>
  /// For pooling stages, which element of its window each output was taken from.
  let choices: UnsafeMutablePointer<UInt8>?
  let scratch: UnsafeMutablePointer<Float>
}

/// The parameters of a stage, and the transformed weights that `Plan.prepare` computed from them.
struct StageParameters {
  let weights: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>
  /// The transformed weights for Winograd's products; not used by other stages.
  let factors: UnsafeMutablePointer<Float>
}

/// The gradients that a stage reads and writes in the backward pass.
struct StageGradients {
  let output: UnsafeMutablePointer<Float>
  /// Whether those of the next block follow; else the next block uses the same memory.
  let outputContinues: Bool
  /// Overwritten; nil in the first stage, where it is not needed.
  let input: UnsafeMutablePointer<Float>?
  let weights: UnsafeMutablePointer<Float>
  let bias: UnsafeMutablePointer<Float>
  /// Sums over the blocks, from which `WinogradFactors.finish` computes the weights' gradient.
  let factors: UnsafeMutablePointer<Float>
  /// Whether the gradients of weights and bias are added to those of earlier blocks.
  let isAdding: Bool
}
