public import NeuralNetwork

/// Samples and flat buffers in plain memory, for tests of an engine.
public final class Replica {
  public let layout: ParameterLayout
  public let samples: Samples
  public let buffers: ModelBuffers
  public let gradients: UnsafeMutableBufferPointer<Float>
  private let images: UnsafeMutableBufferPointer<UInt8>
  private let labels: UnsafeMutableBufferPointer<UInt8>

  /// Copies the samples and makes buffers for `model`, with the initial parameters of `seed`.
  public init(
    model: Model, optimizer: Optimizer, images: [UInt8], labels: [UInt8], means: [Double],
    deviations: [Double], seed: UInt64 = 1
  ) {
    layout = ParameterLayout(of: model)
    self.images = Self.copy(images)
    self.labels = Self.copy(labels)
    samples = Samples(
      images: UnsafeBufferPointer(self.images), labels: UnsafeBufferPointer(self.labels),
      height: model.input.height, width: model.input.width, means: means, deviations: deviations)
    let states = optimizer.statesPerParameter * layout.count
    buffers = ModelBuffers(
      parameters: Self.copy([Float](repeating: 0, count: layout.count)),
      optimizerState: Self.copy([Float](repeating: 0, count: states)))
    gradients = Self.copy([Float](repeating: .nan, count: layout.count))
    InitialWeights.fill(buffers.parameters, layout: layout, seed: seed)
  }

  /// Makes `count` random images of `model`'s size; equal arguments give equal samples.
  public convenience init(
    model: Model, optimizer: Optimizer = Optimizer(kind: .sgd), count: Int, seed: UInt64 = 1
  ) {
    var generator = SmallGenerator(state: seed &* 77 &+ UInt64(count))
    let images = (0..<(count * model.input.count)).map { _ in generator.byte() }
    let labels = (0..<count).map { _ in generator.byte() % UInt8(model.classes) }
    let channels = model.input.channels
    self.init(
      model: model, optimizer: optimizer, images: images, labels: labels,
      means: Array([0.5, 0.45, 0.6, 0.4].prefix(channels)),
      deviations: Array([0.3, 0.25, 0.35, 0.2].prefix(channels)), seed: seed)
  }

  deinit {
    images.deallocate()
    labels.deallocate()
    buffers.parameters.deallocate()
    buffers.optimizerState.deallocate()
    gradients.deallocate()
  }

  public var parameters: [Float] { Array(buffers.parameters) }

  /// Returns `engine`'s gradients for the samples at `indices`, the outcome and announced ranges.
  public func gradients(of indices: [Int32], by engine: some Engine) -> (
    values: [Float], outcome: BatchOutcome, ranges: [Range<Int>]
  ) {
    var ranges: [Range<Int>] = []
    let outcome = indices.withUnsafeBufferPointer {
      engine.computeGradients(of: $0, into: gradients) { ranges.append($0) }
    }
    return (Array(gradients), outcome, ranges)
  }

  /// Updates all parameters with the gradients that were computed last.
  public func update(by engine: some Engine, scale: Float, step: Int) {
    guard let gradients = gradients.baseAddress else { return }
    engine.update(0..<layout.count, from: [UnsafePointer(gradients)], scale: scale, step: step)
  }

  private static func copy<Value: BitwiseCopyable>(_ values: [Value])
    -> UnsafeMutableBufferPointer<Value>
  {
    let buffer = UnsafeMutableBufferPointer<Value>.allocate(capacity: values.count)
    _ = buffer.initialize(from: values)
    return buffer
  }
}

/// A linear congruential generator for test data, with the same numbers on every machine.
public struct SmallGenerator {
  private var state: UInt64

  /// Makes a generator with the initial state `state`.
  public init(state: UInt64) { self.state = state }

  /// Returns the next byte.
  public mutating func byte() -> UInt8 { UInt8(next() >> 56) }

  /// Returns the next number in -1 ..< 1.
  public mutating func symmetric() -> Float { Float(next() >> 40) / 8_388_608 - 1 }

  private mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return state
  }
}

/// Returns the Euclidean norm of `values - expected` divided by that of `expected`.
///
/// It is computed in double precision. The result is infinite where a value is NaN, so that a
/// maximum or comparison does not lose it.
public func relativeNorm(_ values: [Float], _ expected: [Float]) -> Double {
  precondition(values.count == expected.count, "\(values.count) values, \(expected.count) expected")
  var (error, size) = (0.0, 0.0)
  for (value, reference) in zip(values, expected) {
    error += (Double(value) - Double(reference)) * (Double(value) - Double(reference))
    size += Double(reference) * Double(reference)
  }
  if error == 0 { return 0 }
  let ratio = (error / size).squareRoot()
  return ratio.isNaN ? .infinity : ratio
}
