public import NeuralNetwork

/// Made-up samples and the buffers of a replica, for steps that are only checked or measured.
public final class TrialReplica {
  public let samples: Samples
  public let buffers: ModelBuffers
  public let gradients: UnsafeMutableBufferPointer<Float>
  let layout: ParameterLayout
  private let images: UnsafeMutableBufferPointer<UInt8>
  private let labels: UnsafeMutableBufferPointer<UInt8>

  /// `count` images of noise for `model`, and its initial parameters; the same every time.
  public init(_ model: Model, _ optimizer: Optimizer, count: Int) {
    layout = ParameterLayout(of: model)
    var state: UInt64 = 1
    func byte() -> UInt8 {
      // Knuth's linear congruential generator: noise enough, and the same everywhere.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    images = .allocate(capacity: count * model.input.count)
    for place in images.indices { images.initializeElement(at: place, to: byte()) }
    labels = .allocate(capacity: count)
    for place in labels.indices {
      labels.initializeElement(at: place, to: byte() % UInt8(clamping: model.classes))
    }
    samples = Samples(
      images: UnsafeBufferPointer(images), labels: UnsafeBufferPointer(labels),
      height: model.input.height, width: model.input.width, mean: 0.5, deviation: 0.29)
    func zeros(_ count: Int) -> UnsafeMutableBufferPointer<Float> {
      let numbers = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
      numbers.initialize(repeating: 0)
      return numbers
    }
    gradients = zeros(layout.count)
    buffers = ModelBuffers(
      parameters: zeros(layout.count),
      optimizerState: zeros(layout.count * optimizer.statesPerParameter))
    InitialWeights.fill(buffers.parameters, layout: layout, seed: 1)
  }

  deinit {
    images.deallocate()
    labels.deallocate()
    gradients.deallocate()
    buffers.parameters.deallocate()
    buffers.optimizerState.deallocate()
  }

  /// One step by way of the host, as ranks that exchange gradients take it.
  func step(_ indices: [Int32], by engine: any Engine, number: Int) -> BatchOutcome {
    let outcome = indices.withUnsafeBufferPointer {
      engine.computeGradients(of: $0, into: gradients, onReady: { _ in })
    }
    if let base = gradients.baseAddress {
      engine.update(
        0..<layout.count, from: [UnsafePointer(base)], scale: 1 / Float(indices.count), step: number
      )
    }
    return outcome
  }
}
