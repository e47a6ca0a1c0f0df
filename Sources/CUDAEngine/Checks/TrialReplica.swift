public import NeuralNetwork

/// Random samples and the buffers of a replica, for checks and measurements.
public final class TrialReplica {
  public let samples: Samples
  public let buffers: ModelBuffers
  public let gradients: UnsafeMutableBufferPointer<Float>
  let layout: ParameterLayout
  private let images: UnsafeMutableBufferPointer<UInt8>
  private let labels: UnsafeMutableBufferPointer<UInt8>

  /// Makes `count` random images for `model` and its initial parameters.
  ///
  /// The values are the same in every run.
  public init(_ model: Model, _ optimizer: Optimizer, count: Int) {
    layout = ParameterLayout(of: model)
    var state: UInt64 = 1
    func byte() -> UInt8 {
      // Knuth's linear congruential generator: random enough, and the same on every machine.
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return UInt8(truncatingIfNeeded: state >> 56)
    }
    images = .allocate(capacity: count * model.input.count)
    for index in images.indices { images.initializeElement(at: index, to: byte()) }
    labels = .allocate(capacity: count)
    for index in labels.indices {
      labels.initializeElement(at: index, to: byte() % UInt8(clamping: model.classes))
    }
    samples = Samples(
      images: UnsafeBufferPointer(images), labels: UnsafeBufferPointer(labels),
      height: model.input.height, width: model.input.width,
      means: Array([0.5, 0.45, 0.6, 0.4].prefix(model.input.channels)),
      deviations: Array([0.29, 0.25, 0.33, 0.2].prefix(model.input.channels)))
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

  /// Takes one step with gradients in host memory, as ranks that exchange gradients do.
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
