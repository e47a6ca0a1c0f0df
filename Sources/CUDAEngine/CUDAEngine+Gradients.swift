import NeuralNetwork

/// The graphs of one pass for gradients: one to the loss, then one for each stage with parameters.
final class GradientGraphs {
  let forward: Graph
  let parts: [Part]

  /// Backward through a stage with parameters, and through those without that lie before it.
  struct Part {
    let graph: Graph
    /// The gradients that are then final.
    let range: Range<Int>
    let computed: Event
    let copied: Event
  }

  init(_ attached: Attachment, count: Int) throws {
    let passes = attached.passes
    let (main, stages) = (passes.main, passes.plan.stages)
    let batch = Passes.Batch(
      samples: attached.samples, indices: attached.indices.address, count: count)
    try passes.warmUp(batch, attached.space, into: attached.sums, attached.replica.gradients)
    forward = try Graph(main) {
      try main.copy(
        UnsafeBufferPointer(
          rebasing: UnsafeBufferPointer(attached.hostIndices.elements)[..<count]),
        to: attached.indices.address)
      try passes.forward(batch, attached.space)
      try passes.loss(batch, attached.space, into: attached.sums, slot: 0)
    }
    let owners = stages.indices.filter { stages[$0].hasParameters }
    parts = try owners.enumerated().reversed().map { place, owner in
      let first = place == 0 ? owner : owners[place - 1] + 1
      let graph = try Graph(main) {
        for stage in (first...owner).reversed() {
          try passes.backward(stage, count, attached.space, into: attached.replica.gradients)
        }
        try passes.joinSide()
      }
      return Part(
        graph: graph, range: stages[owner].parameters, computed: try Event(main.device),
        copied: try Event(main.device))
    }
  }
}

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
      try compute(
        indices, into: UnsafeMutableBufferPointer(rebasing: gradients[..<layout.count]), onReady)
    }
  }

  private func compute(
    _ batch: UnsafeBufferPointer<Int32>, into target: UnsafeMutableBufferPointer<Float>,
    _ onReady: (Range<Int>) -> Void
  ) throws -> BatchOutcome {
    let attached = try attached()
    attached.check(batch)
    var outcome = BatchOutcome()
    guard !batch.isEmpty else {
      target.update(repeating: 0)
      onReady(0..<layout.count)
      return outcome
    }
    let graphs = try graphs(attached, count: batch.count)
    lock(target, attached)
    let start = ContinuousClock.now
    // The last pass has read its own: somebody waited for its end.
    _ = attached.hostIndices.elements.update(fromContentsOf: batch)
    try graphs.forward.launch(on: main)
    try attached.forwardDone.record(on: main)
    try copies.wait(for: attached.forwardDone)
    try copies.copy(attached.sums.address, to: attached.hostSums.elements)
    for part in graphs.parts {
      try part.graph.launch(on: main)
      try part.computed.record(on: main)
      try copies.wait(for: part.computed)
      try copies.copy(
        attached.replica.gradients.at(part.range.lowerBound),
        to: UnsafeMutableBufferPointer(rebasing: target[part.range]))
      try part.copied.record(on: copies)
    }
    try attached.forwardDone.synchronize()
    let forwarded = ContinuousClock.now
    for part in graphs.parts {
      try part.copied.synchronize()
      onReady(part.range)
    }
    let sums = attached.hostSums.elements[0]
    outcome.lossSum = sums.lossSum
    outcome.correct = Int(sums.correct)
    // Loading is in the same graph: it cannot be told apart.
    outcome.forwardSeconds = (forwarded - start) / .seconds(1)
    outcome.backwardSeconds = (.now - forwarded) / .seconds(1)
    return outcome
  }

  private func graphs(_ attached: Attachment, count: Int) throws -> GradientGraphs {
    if let graphs = attached.gradientGraphs[count] { return graphs }
    let graphs = try GradientGraphs(attached, count: count)
    attached.gradientGraphs[count] = graphs
    return graphs
  }

  /// Locks the gradient buffer when it is first seen.
  private func lock(_ target: UnsafeMutableBufferPointer<Float>, _ attached: Attachment) {
    let memory = UnsafeMutableRawBufferPointer(target)
    if attached.lockedGradients?.covers(memory) == true { return }
    attached.lockedGradients = nil
    attached.lockedGradients = PinnedRange(gpu, memory)
  }
}
