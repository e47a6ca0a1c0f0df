import NeuralNetwork

// Structs that the host and the kernels exchange byte for byte. Kernels/common.cuh, shapes.cuh,
// elementwise.cuh, update.cuh and loss.cuh declare them with the same fields in the same order.

/// A divisor with the factor and the shift that replace a division by it.
///
/// It holds for dividends n from 0 to below 2^31 (Granlund and Montgomery 1994). With `l` the
/// number of bits of `divisor - 1`: `n / divisor = (2 n * ceil(2^(31 + l) / divisor)) >> (32 + l)`.
/// Taking the upper word of the multiplication does 32 bits of that shift, and `shift` holds the
/// other `l`.
package struct Divisor: KernelArgument, Equatable {
  let divisor: Int32
  package let factor: UInt32
  package let shift: Int32

  /// A divisor from 1 to below 2^31.
  package init(_ divisor: Int) {
    precondition(0 < divisor && divisor < 1 << 31, "divisor \(divisor)")
    let bits = divisor == 1 ? 0 : UInt64.bitWidth - UInt64(divisor - 1).leadingZeroBitCount
    self.divisor = Int32(divisor)
    factor = UInt32(((UInt64(1) << UInt64(31 + bits)) + UInt64(divisor) - 1) / UInt64(divisor))
    shift = Int32(bits)
  }
}

/// A convolution for `count` images.
struct ConvolutionShape: KernelArgument {
  var count: Int32
  let height, width, channels: Int32
  let outputHeight, outputWidth, outputs: Int32
  let kernel: Int32
  /// To split the number of an input pixel into image, row and column.
  let byWidth, byHeight: Divisor
  /// The same for output pixels or, where these are pooled, for their windows of 2 x 2.
  let byColumns, byRows: Divisor
  /// To split a place within a window; `byWindowRow` divides by kernel * channels.
  let byWindowRow, byOutputs, byKernel: Divisor

  /// - Parameter isPooled: whether the outputs are numbered window by window of a 2 x 2 pooling.
  init(count: Int, input: Shape, output: Shape, kernel: Int, isPooled: Bool) {
    self.count = Int32(count)
    height = Int32(input.height)
    width = Int32(input.width)
    channels = Int32(input.channels)
    outputHeight = Int32(output.height)
    outputWidth = Int32(output.width)
    outputs = Int32(output.channels)
    self.kernel = Int32(kernel)
    byWidth = Divisor(input.width)
    byHeight = Divisor(input.height)
    byColumns = Divisor(isPooled ? output.width / 2 : output.width)
    byRows = Divisor(isPooled ? output.height / 2 : output.height)
    byWindowRow = Divisor(kernel * input.channels)
    byOutputs = Divisor(output.channels)
    byKernel = Divisor(kernel)
  }
}

/// A pooling of images.
struct PoolingShape: KernelArgument {
  let height, width, channels: Int32
  let size: Int32
  let byChannels, byColumns, byRows: Divisor

  /// - Parameter input: the images before pooling.
  init(input: Shape, size: Int) {
    height = Int32(input.height)
    width = Int32(input.width)
    channels = Int32(input.channels)
    self.size = Int32(size)
    byChannels = Divisor(input.channels)
    byColumns = Divisor(input.width / size)
    byRows = Divisor(input.height / size)
  }

  /// A placeholder for kernels that take a pooling as an argument where there is none.
  static let none = PoolingShape(input: Shape(height: 1, width: 1, channels: 1), size: 1)
}

/// How the gradient of a layer's inputs passes through the ReLU or pooling before it.
///
/// It is `Passing` in finish.cuh.
enum Passing: Int32 {
  /// Unchanged.
  case all = 0
  /// Through a ReLU: only where its output was above zero.
  case positive = 1
  /// Through a pooling, and through the ReLU before it if there is one.
  case chosen = 2
}

/// The target of the gradient of a layer's inputs, and how it passes to the layer before.
///
/// It is `Passage` in finish.cuh; kernels take its fields as separate arguments.
struct Passage {
  /// The gradient of the outputs of the layer before, taken before its ReLU and pooling.
  let gradients: DeviceAddress
  /// The layer's inputs, to find where a ReLU was above zero.
  let inputs: DeviceAddress
  /// For each input the place in its pooling window that it came from.
  let choices: DeviceAddress
  let pooling: PoolingShape
  let passing: Passing

  /// No target, for a stage with inputs that need no gradient.
  static func none(_ space: Workspace, _ stage: Int) -> Passage {
    Passage(
      gradients: .none, inputs: space.activations[stage].address, choices: .none, pooling: .none,
      passing: .all)
  }
}

/// The constants of one step of the optimizer: `Update` in update.cuh.
struct UpdateConstants: KernelArgument {
  let scale, keep, stepSize, inverseCorrection: Float
  let newFirst, keepSecond, newSecond, epsilon: Float
  let decay, momentum: Float

  /// - Parameters:
  ///   - scale: one over the number of samples.
  ///   - step: the number of the step, from 1.
  init(_ optimizer: Optimizer, scale: Float, step: Int) {
    let rate = optimizer.rate(step: step)
    let isAdam = optimizer.kind == .adam
    self.scale = scale
    keep = Float(1 - rate * optimizer.weightDecay)
    stepSize = Float(isAdam ? optimizer.adamStepSize(step: step) : rate)
    inverseCorrection = isAdam ? Float(1 / optimizer.adamSecondCorrection(step: step)) : 1
    newFirst = Float(1 - optimizer.beta1)
    keepSecond = Float(optimizer.beta2)
    newSecond = Float(1 - optimizer.beta2)
    epsilon = Float(optimizer.epsilon)
    decay = Float(optimizer.weightDecay)
    momentum = Float(optimizer.momentum)
  }
}

/// Loss and correct predictions of a batch on the device: `BatchSums` in loss.cuh.
struct BatchSums: BitwiseCopyable {
  var lossSum = 0.0
  var correct: Int32 = 0
  var samples: Int32 = 0
}

/// The constants by which the bytes of images become inputs: `byte * factor + shift`.
///
/// They are those of twelve consecutive bytes, a multiple of 1, 2, 3 and 4 channels.
struct NormalisationConstants: KernelArgument {
  let factors: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)
  let shifts: (SIMD4<Float>, SIMD4<Float>, SIMD4<Float>)

  /// The constants of these samples' channels.
  init(of samples: Samples) {
    func quad(_ number: Int, _ constant: (Int) -> Float) -> SIMD4<Float> {
      var quad = SIMD4<Float>()
      for index in 0..<4 { quad[index] = constant((4 * number + index) % samples.channels) }
      return quad
    }
    func scale(_ channel: Int) -> Float { samples.normalisation(ofChannel: channel).scale }
    func shift(_ channel: Int) -> Float { samples.normalisation(ofChannel: channel).shift }
    factors = (quad(0, scale), quad(1, scale), quad(2, scale))
    shifts = (quad(0, shift), quad(1, shift), quad(2, shift))
  }
}
