import Hashing
import MessagePassing
import NeuralNetwork
import RunRecords
import SystemSupport

/// The end of an epoch: evaluation on the test set, and the check of the replicas.
extension Trainer {
  /// Evaluates the test set, which is divided among the ranks, and checks the replicas.
  ///
  /// Called by all ranks.
  /// - Throws: `AgreedError` if the replicas differ.
  func evaluate(epoch: Int, totals: EpochTotals) throws -> EpochSummary {
    let start = MonotonicClock.seconds()
    timeline.monitor?.begin(.evaluate, step: result.steps)
    let outcome = try testOutcome()
    let hash = try verifyReplicas(result.steps)
    let orderHash = try communicator.allReduce(totals.orderHash, .sum)
    let end = MonotonicClock.seconds()
    result.phases.evaluate += end - start
    recorder?.record(
      TraceSpan(.evaluate, step: result.steps, epoch: epoch, start: start, end: end))
    return EpochSummary(
      epoch: epoch, steps: totals.steps, seconds: totals.seconds,
      trainingLoss: totals.lossSum / Double(max(totals.samples, 1)),
      testLoss: outcome.lossSum / Double(data.facts.testCount), testCorrect: outcome.correct,
      testCount: data.facts.testCount, parametersHash: hash,
      certificate: communicator.isRoot
        ? Certificate.Epoch(orderHash: orderHash.hexadecimal, weightsSHA256: weightsSHA256()) : nil)
  }

  /// Loss and correct predictions on the whole test set, the same on all ranks.
  private func testOutcome() throws -> EvaluationOutcome {
    var outcome = EvaluationOutcome()
    if let leafwise {
      let outcomes = leafwise.engine.evaluate(
        each: leafwise.share.leaves.map(data.testSamples(ofLeaf:)))
      timeline.monitor?.proceed(to: .evaluationExchange)
      let losses = try communicator.allGather(outcomes.map(\.lossSum))
      var lossOfLeaf = [Double](repeating: 0, count: leafwise.cut.leaves)
      for rank in 0..<communicator.size {
        for (leaf, loss) in zip(leafwise.cut.share(of: rank).leaves, losses[rank]) {
          lossOfLeaf[leaf] = loss
        }
      }
      outcome.lossSum = leafwise.cut.tree.root.total({ lossOfLeaf[$0] }, add: +)
      outcome.correct = try communicator.allReduce(
        outcomes.reduce(0) { $0 + $1.correct }, .sum)
    } else {
      let local = engine.evaluate(data.testSamples)
      try engine.checkDevice()
      timeline.monitor?.proceed(to: .evaluationExchange)
      outcome.lossSum = try communicator.allReduce(local.lossSum, .sum)
      outcome.correct = try communicator.allReduce(local.correct, .sum)
    }
    return outcome
  }

  /// SHA-256 of the parameters in canonical order.
  func weightsSHA256() -> String {
    finalWeights().withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// Checks that all ranks have the same parameters; called by all ranks.
  ///
  /// - Parameter step: the number of steps taken so far.
  /// - Returns: the hash of the parameters.
  /// - Throws: `AgreedError` if the replicas differ.
  func verifyReplicas(_ step: Int) throws -> UInt64 {
    engine.publishParameters()
    try engine.checkDevice()
    let hash = try ReplicaCheck(communicator: communicator, layout: layout, replica: replica)
      .verify(step: step, since: verifiedStep)
    verifiedStep = step
    return hash
  }
}
