import NeuralNetwork

/// Batches that the caller cuts into leaves: the same bits for any number of threads.
extension OpenBLASEngine {
  public func take(_ share: LeafShare, largestLeaf: Int) {
    let attached = attached
    attachment = Attachment(
      samples: attached.samples, buffers: attached.buffers, weights: attached.weights,
      parts: makeParts(capacity: max(largestLeaf, Self.evaluationBatch)), ownCut: nil)
    taken = LeafRunner(share, workers: threads, parameterCount: layout.count)
  }

  public func computeGradients(
    ofLeaves leaves: [UnsafeBufferPointer<Int32>], into sums: [UnsafeMutableBufferPointer<Float>],
    outcomes: inout [BatchOutcome]
  ) -> BatchOutcome {
    let attached = attached
    guard let taken else { preconditionFailure("take a share before computing its leaves") }
    precondition(
      leaves.count == taken.outcomes.count && sums.allSatisfy { $0.count >= layout.count },
      "\(leaves.count) leaves, \(taken.outcomes.count) taken")
    let start = ContinuousClock.now
    let prepared = prepare()
    taken.run(on: team, into: sums.compactMap(\.baseAddress)) { worker, leaf, target in
      compute(leaves[leaf], attached.parts[worker], into: target, onReady: { _ in })
    }
    let whole = Self.seconds(ContinuousClock.now - start)
    outcomes.removeAll(keepingCapacity: true)
    outcomes.append(contentsOf: taken.outcomes)
    return Self.times(of: outcomes, prepared: prepared, whole: whole)
  }

  /// Splits the elapsed time `whole` into phases, in the proportions of the leaves' phase times.
  ///
  /// The leaves' times are added over all threads, so that only their proportions count. Time that
  /// remains, such as that of the additions, is in the backward phase.
  private static func times(
    of outcomes: [BatchOutcome], prepared: Double, whole: Double
  ) -> BatchOutcome {
    var times = outcomes.reduce(into: BatchOutcome()) {
      $0.loadSeconds += $1.loadSeconds
      $0.forwardSeconds += $1.forwardSeconds
      $0.backwardSeconds += $1.backwardSeconds
    }
    times.forwardSeconds += prepared
    let known = times.loadSeconds + times.forwardSeconds + times.backwardSeconds
    let scale = min(1, whole / max(known, .leastNormalMagnitude))
    times.loadSeconds *= scale
    times.forwardSeconds *= scale
    times.backwardSeconds = max(0, whole - times.loadSeconds - times.forwardSeconds)
    return times
  }

  public func evaluate(each sets: [Samples]) -> [EvaluationOutcome] {
    let attached = attached
    plan.prepare(attached.weights)
    var outcomes = [EvaluationOutcome](repeating: EvaluationOutcome(), count: sets.count)
    outcomes.withUnsafeMutableBufferPointer { outcomes in
      // Each worker writes the outcomes of its own sets.
      nonisolated(unsafe) let outcomes = outcomes
      team.run { worker in
        for set in Part.range(worker, of: threads, count: sets.count) {
          let found = evaluate(sets[set], 0..<sets[set].count, attached.parts[worker])
          outcomes[set].lossSum = found.lossSum
          outcomes[set].correct = found.correct
        }
      }
    }
    return outcomes
  }
}
