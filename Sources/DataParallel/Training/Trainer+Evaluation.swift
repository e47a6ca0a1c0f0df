import Hashing
import MessagePassing
import NeuralNetwork
import RunRecords
import SystemSupport

/// What comes after every epoch: loss and hits on the test set, and the check of the replicas.
extension Trainer {
  /// The test set shared among ranks; the replicas must still be one.
  func evaluate(epoch: Int, totals: EpochTotals) throws -> EpochSummary {
    let start = MonotonicClock.seconds()
    let outcome = try testOutcome()
    let hash = try verifyReplicas(result.steps)
    let orderHash = try communicator.allReduce(totals.orderHash, .sum)
    result.phases.evaluate += MonotonicClock.seconds() - start
    return EpochSummary(
      epoch: epoch, steps: totals.steps, seconds: totals.seconds,
      trainingLoss: totals.lossSum / Double(max(totals.samples, 1)),
      testLoss: outcome.lossSum / Double(data.facts.testCount), testCorrect: outcome.correct,
      testCount: data.facts.testCount, parametersHash: hash,
      certificate: communicator.isRoot
        ? Certificate.Epoch(orderHash: orderHash.hexadecimal, weightsSHA256: weightsSHA256()) : nil)
  }

  /// Loss and hits on the whole test set, the same on all ranks.
  private func testOutcome() throws -> EvaluationOutcome {
    var outcome = EvaluationOutcome()
    if let leafwise {
      let mine = leafwise.engine.evaluate(
        each: leafwise.share.leaves.map(data.testSamples(ofLeaf:)))
      let losses = try communicator.allGather(mine.map(\.lossSum))
      var lossOfLeaf = [Double](repeating: 0, count: leafwise.cut.leaves)
      for rank in 0..<communicator.size {
        for (leaf, loss) in zip(leafwise.cut.share(of: rank).leaves, losses[rank]) {
          lossOfLeaf[leaf] = loss
        }
      }
      outcome.lossSum = leafwise.cut.tree.root.total({ lossOfLeaf[$0] }, add: +)
      outcome.correct = try communicator.allReduce(mine.reduce(0) { $0 + $1.correct }, .sum)
    } else {
      let mine = engine.evaluate(data.testSamples)
      try engine.checkDevice()
      outcome.lossSum = try communicator.allReduce(mine.lossSum, .sum)
      outcome.correct = try communicator.allReduce(mine.correct, .sum)
    }
    return outcome
  }

  /// SHA-256 of the parameters in canonical order.
  func weightsSHA256() -> String {
    finalWeights().withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// Stops the run unless all ranks have the same parameters; returns their hash.
  func verifyReplicas(_ step: Int) throws -> UInt64 {
    engine.publishParameters()
    try engine.checkDevice()
    let hash = try ReplicaCheck(communicator: communicator, layout: layout, replica: replica)
      .verify(step: step, since: verifiedStep)
    verifiedStep = step
    return hash
  }
}
