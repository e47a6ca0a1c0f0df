import NeuralNetwork

/// The passes over samples: each worker computes one part of them.
extension OpenBLASEngine {
  /// Number of images that one worker evaluates at a time.
  static let evaluationBatch = 64

  public func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    let attached = attached
    guard let target = gradients.baseAddress, gradients.count >= layout.count else {
      preconditionFailure("\(gradients.count) gradients, \(layout.count) needed")
    }
    let prepared = prepare()
    guard let ownCut = attached.ownCut else {
      var outcome = compute(indices, attached.parts[0], into: target, onReady: onReady)
      outcome.forwardSeconds += prepared
      return outcome
    }
    ownCut.run(on: team, into: [target]) { worker, leaf, target in
      let range = Part.range(leaf, of: threads, count: indices.count)
      return compute(
        UnsafeBufferPointer(rebasing: indices[range]), attached.parts[worker], into: target,
        onReady: { _ in })
    }
    onReady(0..<layout.count)
    // The phase times are those of the first part. They leave out its wait for longer parts and the
    // addition of the gradients.
    var outcome = ownCut.outcomes[0]
    outcome.forwardSeconds += prepared
    for part in ownCut.outcomes.dropFirst() {
      outcome.lossSum += part.lossSum
      outcome.correct += part.correct
    }
    return outcome
  }

  /// Transforms the weights, once a step before the samples; returns the seconds it took.
  func prepare() -> Double {
    let start = ContinuousClock.now
    let clock = attached.parts[0].workspace.clock
    clock?.resume()
    plan.prepare(attached.weights)
    clock?.end(.prepare)
    return Self.seconds(ContinuousClock.now - start)
  }

  /// Computes one part of a batch, from its bytes to its gradients.
  func compute(
    _ indices: UnsafeBufferPointer<Int32>, _ part: Part,
    into target: UnsafeMutablePointer<Float>, onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    let (weights, workspace) = (attached.weights, part.workspace)
    let count = indices.count
    precondition(count <= workspace.capacity, "batch of \(count), \(workspace.capacity) at most")
    var outcome = BatchOutcome()
    guard count > 0 else {
      target.update(repeating: 0, count: layout.count)
      onReady(0..<layout.count)
      return outcome
    }
    let clock = workspace.clock
    clock?.resume()
    let start = ContinuousClock.now
    load(indices, of: attached.samples, into: workspace)
    let loaded = ContinuousClock.now
    clock?.end(.load)
    plan.forward(count: count, weights, workspace)
    let loss = softmaxCrossEntropy(indices: indices, labels: attached.samples.labels, workspace)
    outcome.lossSum = loss.sum
    outcome.correct = loss.correct
    let forwarded = ContinuousClock.now
    clock?.end(.loss)
    plan.backward(count: count, weights, workspace, into: target, onReady: onReady)
    let end = ContinuousClock.now
    outcome.loadSeconds = Self.seconds(loaded - start)
    outcome.forwardSeconds = Self.seconds(forwarded - loaded)
    outcome.backwardSeconds = Self.seconds(end - forwarded)
    return outcome
  }

  static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  public func evaluate(_ samples: Samples) -> EvaluationOutcome {
    let attached = attached
    plan.prepare(attached.weights)
    team.run { member in
      attached.parts[member].outcome = evaluate(
        samples, Part.range(member, of: threads, count: samples.count), attached.parts[member])
    }
    return attached.parts.reduce(into: EvaluationOutcome()) { outcome, part in
      outcome.lossSum += part.outcome.lossSum
      outcome.correct += part.outcome.correct
    }
  }

  /// Computes the last layer's outputs for samples of the model's shape; their labels are not used.
  ///
  /// - Returns: `[samples.count, classes]`.
  public func outputs(of samples: Samples) -> [Float] {
    let attached = attached
    plan.prepare(attached.weights)
    let classes = model.classes
    let result = UnsafeMutableBufferPointer<Float>.allocate(capacity: samples.count * classes)
    defer { result.deallocate() }
    let target = SharedOutputs(result)
    team.run { member in
      let range = Part.range(member, of: threads, count: samples.count)
      let workspace = attached.parts[member].workspace
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.evaluationBatch) {
        let count = min(Self.evaluationBatch, range.upperBound - first)
        let batch = (first..<(first + count)).map { Int32($0) }
        batch.withUnsafeBufferPointer { load($0, of: samples, into: workspace) }
        plan.forward(count: count, attached.weights, workspace)
        target.copy(
          workspace.activations[plan.stages.count].data, count * classes, at: first * classes)
      }
    }
    return Array(result)
  }

  /// Loss and correct predictions on a range of samples, `evaluationBatch` at a time.
  func evaluate(_ samples: Samples, _ range: Range<Int>, _ part: Part) -> BatchOutcome {
    var outcome = BatchOutcome()
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.evaluationBatch) { indices in
      for first in stride(from: range.lowerBound, to: range.upperBound, by: Self.evaluationBatch) {
        let count = min(Self.evaluationBatch, range.upperBound - first)
        for offset in 0..<count { indices[offset] = Int32(first + offset) }
        let batch = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(indices)[..<count])
        load(batch, of: samples, into: part.workspace)
        plan.forward(count: count, attached.weights, part.workspace)
        let loss = softmaxCrossEntropy(indices: batch, labels: samples.labels, part.workspace)
        outcome.lossSum += loss.sum
        outcome.correct += loss.correct
      }
    }
    return outcome
  }
}

/// The outputs of all samples, of which each worker writes its own range.
private struct SharedOutputs: @unchecked Sendable {
  private let memory: UnsafeMutableBufferPointer<Float>

  init(_ memory: UnsafeMutableBufferPointer<Float>) { self.memory = memory }

  func copy(_ source: UnsafePointer<Float>, _ count: Int, at index: Int) {
    memory.baseAddress?.advanced(by: index).update(from: source, count: count)
  }
}
