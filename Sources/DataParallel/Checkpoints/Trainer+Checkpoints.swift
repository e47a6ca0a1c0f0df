import MessagePassing
import NeuralNetwork
import SystemSupport

/// Checkpoints of a training: the copy of its numbers, and their way back.
extension Trainer {
  /// What this rank asks for in the current step.
  func requests() -> StepRequests {
    var requests = StepRequests()
    if control.stopSignal() != nil { requests.stops = 1 }
    if communicator.isRoot, case .seconds(let seconds)? = control.checkpoints?.interval,
      MonotonicClock.seconds() - checkpointAt >= seconds
    {
      requests.checkpoints = 1
    }
    return requests
  }

  /// Writes a checkpoint if one is due after the last step; called by all ranks.
  ///
  /// - Parameters:
  ///   - requests: those of all ranks, the same on every rank.
  ///   - place: the epoch, with its sums so far.
  /// - Returns: whether all ranks stop the training now.
  func serve(
    _ requests: StepRequests, epoch: Int, _ totals: EpochTotals, of steps: any EpochSteps
  ) throws -> Bool {
    let stops = requests.stops > 0 && result.steps < planned
    if stops {
      // Rank 0 may have received none.
      result.stopSignal = try communicator.allReduce(control.stopSignal() ?? 0, .max)
    }
    guard let plan = control.checkpoints else { return stops }
    let isDue =
      plan.interval.steps.map { result.steps % $0 == 0 } ?? (requests.checkpoints > 0)
    guard isDue || stops else { return stops }
    let start = MonotonicClock.seconds()
    timeline.monitor?.proceed(to: .checkpoint)
    let numbers = try copyNumbers(plan)
    let orderHash = try communicator.allReduce(
      totals.orderHash(of: steps, content: content), .sum)
    if let writer = plan.writer, let numbers {
      let progress = TrainingProgress(
        step: result.steps, epoch: epoch, batch: totals.steps, lossSum: totals.lossSum,
        samples: totals.samples,
        epochSeconds: totals.seconds,
        orderHash: orderHash.hexadecimal, samplesSeen: result.samplesSeen,
        finalLoss: result.finalLoss, epochs: result.epochs,
        initialWeightsSHA256: result.initialWeightsSHA256)
      writer.write(
        Checkpoint(
          state: plan.describe(
            TrainingMoment(
              progress: progress, trainingSeconds: result.trainingSeconds,
              signal: result.stopSignal)), numbers: numbers))
    }
    checkpointAt = MonotonicClock.seconds()
    result.checkpointSeconds += checkpointAt - start
    result.checkpoints += 1
    return stops
  }

  /// A copy of parameters and optimizer state on rank 0, nil on other ranks; called by all ranks.
  private func copyNumbers(_ plan: CheckpointPlan) throws -> TrainingNumbers? {
    engine.publishParameters()
    try engine.checkDevice()
    // With `node` the ranks of a node divide the state among them, and every node has all of it.
    let isDivided = replica.stateRange.count < layout.count
    let facts = try node.allReduce([isDivided ? 1 : 0, communicator.isRoot ? 1 : 0], .max)
    let parts = facts == [1, 1] ? try node.gather(Array(replica.optimizerState)) : nil
    guard communicator.isRoot else { return nil }
    let parameters = Array(replica.parameters)
    plan.writer?.copying()
    let count = layout.count
    let statesPerParameter = self.statesPerParameter
    guard let parts else {
      return TrainingNumbers(
        parameters: parameters,
        states: (0..<statesPerParameter).map {
          Array(replica.optimizerState[($0 * count)..<(($0 + 1) * count)])
        })
    }
    // A rank's part has its range of the first state, then its range of the second.
    let states = (0..<statesPerParameter).map { state in
      parts.flatMap { part in
        let length = part.count / statesPerParameter
        return part[(state * length)..<((state + 1) * length)]
      }
    }
    return TrainingNumbers(parameters: parameters, states: states)
  }

  /// Continues the training of a checkpoint instead of starting afresh; called by all ranks.
  ///
  /// - Parameters:
  ///   - progress: the same on all ranks.
  ///   - numbers: nil on all ranks but rank 0.
  public func resume(_ progress: TrainingProgress, _ numbers: TrainingNumbers?) throws {
    if let numbers { _ = replica.parameters.update(from: numbers.parameters) }
    try communicator.broadcast(replica.parameters)
    let range = replica.stateRange
    for state in 0..<statesPerParameter {
      var whole = numbers?.states[state] ?? [Float](repeating: 0, count: layout.count)
      try whole.withUnsafeMutableBufferPointer { try communicator.broadcast($0) }
      for (offset, index) in range.enumerated() {
        replica.optimizerState[state * range.count + offset] = whole[index]
      }
    }
    engine.adoptParameters()
    resumed = progress
    result.steps = progress.step
    result.stepsBefore = progress.step
    result.samplesSeen = progress.samplesSeen
    result.samplesBefore = progress.samplesSeen
    result.finalLoss = progress.finalLoss
    result.epochs = progress.epochs
    result.initialWeightsSHA256 = progress.initialWeightsSHA256
    verifiedStep = progress.step
  }
}
