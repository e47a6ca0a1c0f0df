import NeuralNetwork

/// A replica of a model with noise as images, for steps that are only measured.
final class NoiseReplica {
  private let engine: OpenBLASEngine
  private let images: UnsafeMutableBufferPointer<UInt8>
  private let labels: UnsafeMutableBufferPointer<UInt8>
  private let parameters: FloatBuffer
  private let optimizerState: FloatBuffer
  private let gradients: FloatBuffer
  private let order: [Int32]
  private let batch: Int
  private var position = 0
  private var number = 0

  /// Number of images, the same as in MNIST, so that fetching a batch has the same cache misses.
  private static let sampleCount = 60_000

  /// Allocates and fills all buffers and attaches the engine.
  init(_ engine: OpenBLASEngine, batch: Int) {
    self.engine = engine
    self.batch = batch
    let model = engine.model
    let count = max(Self.sampleCount, batch)
    var generator = NoiseGenerator()
    images = .allocate(capacity: count * model.input.count)
    for index in images.indices { images[index] = UInt8(truncatingIfNeeded: generator.next()) }
    labels = .allocate(capacity: count)
    for index in labels.indices { labels[index] = UInt8(generator.next() % UInt64(model.classes)) }
    order = (0..<count).map { Int32($0) }.shuffled(using: &generator)
    parameters = FloatBuffer(count: engine.layout.count)
    gradients = FloatBuffer(count: engine.layout.count)
    optimizerState = FloatBuffer(
      count: engine.layout.count * engine.optimizer.statesPerParameter)
    let flat = UnsafeMutableBufferPointer(start: parameters.data, count: parameters.count)
    InitialWeights.fill(flat, layout: engine.layout, seed: 1)
    engine.attach(
      samples: Samples(
        images: UnsafeBufferPointer(images), labels: UnsafeBufferPointer(labels),
        height: model.input.height, width: model.input.width,
        means: Array(repeating: 0.5, count: model.input.channels),
        deviations: Array(repeating: 0.29, count: model.input.channels)),
      buffers: ModelBuffers(
        parameters: flat,
        optimizerState: UnsafeMutableBufferPointer(
          start: optimizerState.data, count: optimizerState.count)), largestBatch: batch)
  }

  deinit {
    images.deallocate()
    labels.deallocate()
  }

  /// Computes one training step; returns the duration of the whole step and of its update.
  func step() -> (whole: Duration, update: Duration) {
    number += 1
    if position + batch > order.count { position = 0 }
    let range = position..<(position + batch)
    position += batch
    return order.withUnsafeBufferPointer { order in
      let start = ContinuousClock.now
      _ = engine.computeGradients(
        of: UnsafeBufferPointer(rebasing: order[range]),
        into: UnsafeMutableBufferPointer(start: gradients.data, count: gradients.count),
        onReady: { _ in })
      let computed = ContinuousClock.now
      engine.update(
        0..<engine.layout.count, from: [UnsafePointer(gradients.data)], scale: 1 / Float(batch),
        step: number)
      let end = ContinuousClock.now
      return (end - start, end - computed)
    }
  }
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same noise on every run.
struct NoiseGenerator: RandomNumberGenerator {
  private var state: UInt64 = 1

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return word ^ (word >> 31)
  }
}
