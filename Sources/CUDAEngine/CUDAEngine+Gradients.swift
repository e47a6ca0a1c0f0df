import NeuralNetwork

extension CUDAEngine {
  public func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    precondition(
      gradients.count >= layout.count, "\(gradients.count) gradients, \(layout.count) needed")
    var failed = BatchOutcome()
    failed.lossSum = .nan
    return onDevice(failed) {
      let attached = try attached()
      attached.check(indices)
      if indices.isEmpty {
        try clear(gradients)
        onReady(0..<layout.count)
        return BatchOutcome()
      }
      let target = UnsafeMutableBufferPointer(rebasing: gradients[..<layout.count])
      let landing = isResident(gradients) ? nil : try landing(for: target, attached)
      return try compute(indices, to: landing, attached, onReady)
    }
  }

  /// Runs the pass for a batch and announces each part of the gradients as it arrives.
  ///
  /// - Parameter landing: the host memory for gradients; nil where they stay on the device.
  private func compute(
    _ batch: UnsafeBufferPointer<Int32>, to landing: GradientLanding?, _ attached: Attachment,
    _ onReady: (Range<Int>) -> Void
  ) throws -> BatchOutcome {
    let pass = try graph(
      attached, GradientGraph.Size(samples: batch.count, isResident: landing == nil), landing)
    let start = ContinuousClock.now
    // The previous pass has read its indices: its last event was waited for.
    _ = attached.hostIndices.elements.update(fromContentsOf: batch)
    try pass.graph.launch(on: main)
    if !pass.reportsInTime { try main.synchronize() }
    try pass.lossKnown.synchronize()
    let forwarded = ContinuousClock.now
    // The main stream is in order: all earlier updates are done and have read their gradients.
    attached.unread = []
    attached.isComputing = true
    defer { attached.isComputing = false }
    for part in pass.parts {
      try part.ready.synchronize()
      landing?.deliver(part.range)
      onReady(part.range)
    }
    // The caller may change the sources of its updates when this call returns.
    try uploads.synchronize()
    let sums = attached.hostSums.elements[0]
    var outcome = BatchOutcome()
    outcome.lossSum = sums.lossSum
    outcome.correct = Int(sums.correct)
    // Loading is part of the same graph and cannot be timed separately.
    outcome.forwardSeconds = (forwarded - start) / .seconds(1)
    outcome.backwardSeconds = (.now - forwarded) / .seconds(1)
    return outcome
  }

  /// The graph for this size, made at first use.
  private func graph(
    _ attached: Attachment, _ size: GradientGraph.Size, _ landing: GradientLanding?
  ) throws -> GradientGraph {
    if let graph = attached.gradientGraphs[size] { return graph }
    let graph = try GradientGraph(
      attached, samples: size.samples, copies: copies, to: landing?.memory)
    attached.gradientGraphs[size] = graph
    return graph
  }

  /// The landing for this buffer, made when the buffer is passed for the first time.
  private func landing(
    for target: UnsafeMutableBufferPointer<Float>, _ attached: Attachment
  ) throws -> GradientLanding {
    if let landing = attached.landing, landing.serves(target) { return landing }
    // The graphs contain the address of the old landing.
    try main.synchronize()
    attached.gradientGraphs = attached.gradientGraphs.filter(\.key.isResident)
    attached.landing = nil
    let landing = try GradientLanding(gpu, for: target)
    attached.landing = landing
    return landing
  }

  private func clear(_ target: UnsafeMutableBufferPointer<Float>) throws {
    if isResident(target) {
      try gradients.clear(on: main)
    } else {
      target.update(repeating: 0)
    }
  }

  public var deviceGradients: (any DeviceNumbers)? { ResidentGradients(self) }

  /// Whether `memory` has the address of `deviceGradients`.
  func isResident(_ memory: UnsafeMutableBufferPointer<Float>) -> Bool {
    isResident(memory.baseAddress.map { UnsafePointer($0) })
  }

  func isResident(_ memory: UnsafePointer<Float>?) -> Bool {
    memory.map { UInt64(UInt(bitPattern: $0)) } == gradients.address.value
  }
}

/// Access to an engine's gradients in device memory.
private final class ResidentGradients: DeviceNumbers {
  private let engine: CUDAEngine

  init(_ engine: CUDAEngine) { self.engine = engine }

  var buffer: UnsafeMutableBufferPointer<Float> {
    UnsafeMutableBufferPointer(
      start: UnsafeMutablePointer(bitPattern: UInt(engine.gradients.address.value)),
      count: engine.gradients.count)
  }

  func write(_ numbers: [Float]) throws {
    precondition(numbers.count <= engine.gradients.count, "\(numbers.count) numbers are too many")
    try engine.gpu.makeCurrent()
    try numbers.withUnsafeBufferPointer { numbers in
      try engine.main.copy(numbers, to: engine.gradients.address)
      try engine.main.synchronize()
    }
  }

  func read(_ count: Int) throws -> [Float] {
    precondition(count <= engine.gradients.count, "\(count) numbers are too many")
    try engine.gpu.makeCurrent()
    var numbers = [Float](repeating: 0, count: count)
    try numbers.withUnsafeMutableBufferPointer { numbers in
      try engine.main.copy(engine.gradients.address, to: numbers)
      try engine.main.synchronize()
    }
    return numbers
  }
}
