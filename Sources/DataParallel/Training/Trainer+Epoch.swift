import Dataset
import RunRecords
import SystemSupport

/// Epochs: their steps, each checked and recorded.
extension Trainer {
  /// The sums of an epoch; loss and samples are those of all ranks.
  struct EpochTotals {
    var steps = 0
    var lossSum = 0.0
    var samples = 0
    /// Training time of this rank.
    var seconds = 0.0
    /// This rank's part of the order hash.
    var orderHash: UInt64 = 0
  }

  /// Trains the first `limit` global batches of an epoch; called by all ranks.
  func trainEpoch(
    _ epoch: Int, atMost limit: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> EpochTotals {
    let start = MonotonicClock.seconds()
    let before = result.trainingSeconds
    let steps = steps(ofEpoch: epoch)
    var now = MonotonicClock.seconds()
    result.phases.load += now - start
    var totals = EpochTotals()
    let batchCount = min(steps.batchCount, limit)
    while totals.steps < batchCount {
      let count = stepCount(of: steps, atMost: batchCount - totals.steps)
      let batches = totals.steps..<(totals.steps + count)
      for (batch, step) in zip(batches, try takeSteps(steps, batches, epoch: epoch, at: now)) {
        if batch % plan.logInterval == 0 {
          onEvent(
            .logged(
              epoch: epoch, samplesBefore: totals.samples,
              samplesInEpoch: data.facts.trainingCount, loss: step.lossSum / Double(step.samples)))
        }
        totals.lossSum += step.lossSum
        totals.samples += step.samples
      }
      totals.steps = batches.upperBound
      now = MonotonicClock.seconds()
      result.trainingSeconds = before + (now - start)
      if result.steps == TrainingResult.warmUpSteps {
        result.warmUp = (result.trainingSeconds, result.samplesSeen)
      }
      onEvent(
        .progressed(
          samples: result.samplesSeen,
          planned: plan.plannedSamples(samples: data.facts.trainingCount),
          seconds: result.trainingSeconds))
    }
    totals.seconds = result.trainingSeconds - before
    // After the training time is taken: hashing is not part of training.
    totals.orderHash = steps.orderHash(ofFirst: totals.steps, content: content)
    return totals
  }

  /// How this rank takes the steps of an epoch.
  private func steps(ofEpoch epoch: Int) -> any EpochSteps {
    if let runner {
      return DeviceSteps(
        work: WholeWork(workSetting(ofEpoch: epoch), engine: engine), runner: runner)
    }
    let drill = plan.slowDrill.flatMap { $0.rank == communicator.rank ? $0 : nil }
    return ExchangeSteps(
      work: work(ofEpoch: epoch), engine: engine, sync: sync, timeline: timeline, drill: drill)
  }

  /// This rank's part of an epoch.
  func work(ofEpoch epoch: Int) -> any EpochWork {
    let setting = workSetting(ofEpoch: epoch)
    guard let leafwise else { return WholeWork(setting, engine: engine) }
    return LeafWork(setting, engine: leafwise.engine, share: leafwise.share)
  }

  private func workSetting(ofEpoch epoch: Int) -> WorkSetting {
    WorkSetting(
      order: EpochOrder(seed: plan.seed, epoch: epoch, shards: data.owners.shards), data: data,
      rank: communicator.rank, globalBatch: plan.globalBatch, replica: replica,
      swap: plan.sampleSwap)
  }

  /// Number of steps of the next call, at most `limit`.
  ///
  /// The call ends at the latest with a step after which the host has to act.
  private func stepCount(of steps: any EpochSteps, atMost limit: Int) -> Int {
    let done = result.steps
    var stops = [TrainingResult.warmUpSteps, plan.bitFlip?.step ?? 0]
    if let interval = plan.checkInterval { stops.append((done / interval + 1) * interval) }
    return stops.filter { $0 > done }.map { $0 - done }
      .reduce(min(limit, steps.stepsPerCall), min)
  }

  /// Takes steps, checks them and records them.
  private func takeSteps(
    _ steps: any EpochSteps, _ batches: Range<Int>, epoch: Int, at start: Double
  ) throws -> [StepTotals] {
    let first = result.steps + 1
    let outcomes = try steps.takeSteps(batches, firstStep: first, startedAt: start)
    for (offset, outcome) in outcomes.enumerated() {
      try check(outcome, step: first + offset, epoch: epoch)
    }
    try actAfterStep(first + batches.count - 1)
    outcomes.forEach(record)
    return outcomes.map(\.totals)
  }

  private func check(_ outcome: StepOutcome, step: Int, epoch: Int) throws {
    let totals = outcome.totals
    guard totals.samples == outcome.globalSize else {
      throw AgreedError(
        "step \(step): the exchange summed \(totals.samples) samples, "
          + "expected \(outcome.globalSize); the sum over ranks cannot be trusted",
        exitCode: ExitCode.training)
    }
    guard totals.lossSum.isFinite else {
      throw AgreedError(
        "step \(step) (epoch \(epoch)): the loss is not finite (\(totals.lossSum)); "
          + "try a smaller --learning-rate", exitCode: ExitCode.training)
    }
  }

  /// Injects a fault and checks the replicas, if that is planned after this step.
  private func actAfterStep(_ step: Int) throws {
    if let bitFlip = plan.bitFlip, bitFlip.step == step {
      engine.publishParameters()
      bitFlip.apply(replica, rank: communicator.rank, step: step)
      engine.adoptParameters()
    }
    if let interval = plan.checkInterval, step % interval == 0 { _ = try verifyReplicas(step) }
  }

  private func record(_ outcome: StepOutcome) {
    timeline.recordStep(duration: outcome.seconds)
    result.phases += outcome.phases
    result.injectedSeconds += outcome.injectedSeconds
    result.steps += 1
    result.samplesSeen += outcome.totals.samples
    result.localSamples += outcome.localSize
    result.finalLoss = outcome.totals.lossSum / Double(outcome.totals.samples)
  }
}
