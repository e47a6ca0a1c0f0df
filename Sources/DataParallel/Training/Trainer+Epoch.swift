import Dataset
import RunRecords
import SystemSupport

/// Epochs: their steps, each checked and recorded.
extension Trainer {
  /// Trains the first `limit` global batches of an epoch; called by all ranks.
  func trainEpoch(
    _ epoch: Int, atMost limit: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> EpochTotals {
    let start = MonotonicClock.seconds()
    let before = result.trainingSeconds
    if let shifted {
      shifted.shift(epoch: epoch)
      engine.adoptSamples()
    }
    let steps = steps(ofEpoch: epoch)
    var now = MonotonicClock.seconds()
    result.phases.load += now - start
    recorder?.record(
      TraceSpan(.load, step: result.steps + 1, epoch: epoch, start: start, end: now))
    var totals = EpochTotals(resuming: resumed, isRoot: communicator.isRoot)
    resumed = nil
    let batchCount = min(steps.batchCount, totals.steps + limit)
    while totals.steps < batchCount {
      let count = stepCount(of: steps, atMost: batchCount - totals.steps)
      let batches = totals.steps..<(totals.steps + count)
      let outcomes = try takeSteps(steps, batches, epoch: epoch, at: now, onEvent)
      for (batch, step) in zip(batches, outcomes) {
        if batch % plan.logInterval == 0, step.samples > 0 {
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
      totals.seconds = totals.secondsBefore + (now - start)
      if result.steps == result.stepsBefore + TrainingResult.warmUpSteps {
        result.warmUp = (result.trainingSeconds, result.samplesSeen)
      }
      onEvent(
        .progressed(
          samples: result.samplesSeen,
          planned: plan.plannedSamples(samples: data.facts.trainingCount),
          seconds: result.trainingSeconds))
      let requests = outcomes.last?.requests ?? StepRequests()
      if try serve(requests, epoch: epoch, totals, of: steps) {
        totals.isStopped = true
        break
      }
    }
    // After the training time is taken: hashing is not part of training.
    totals.orderHash = totals.orderHash(of: steps, content: content)
    return totals
  }

  /// How this rank takes the steps of an epoch.
  private func steps(ofEpoch epoch: Int) -> any EpochSteps {
    if let runner {
      return DeviceSteps(
        work: WholeWork(workSetting(ofEpoch: epoch), engine: engine), runner: runner,
        requests: requests, monitor: timeline.monitor, recorder: recorder)
    }
    let drill = plan.drill.flatMap { $0.rank == communicator.rank ? $0 : nil }
    return ExchangeSteps(
      work: work(ofEpoch: epoch), engine: engine, sync: sync, timeline: timeline, drill: drill,
      requests: requests, recorder: recorder, skipsNonFinite: plan.skipsNonFinite)
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
    var stops = [result.stepsBefore + TrainingResult.warmUpSteps, plan.drill?.bitFlip?.step ?? 0]
    for interval in [plan.checkInterval, control.checkpoints?.interval.steps] {
      if let interval { stops.append((done / interval + 1) * interval) }
    }
    return stops.filter { $0 > done }.map { $0 - done }
      .reduce(min(limit, steps.stepsPerCall), min)
  }

  /// Takes steps, checks them and records them.
  ///
  /// - Returns: the totals of each step; a skipped one has no samples and no loss.
  private func takeSteps(
    _ steps: any EpochSteps, _ batches: Range<Int>, epoch: Int, at start: Double,
    _ onEvent: (TrainingEvent) -> Void
  ) throws -> [StepTotals] {
    let first = result.steps + 1
    let outcomes = try steps.takeSteps(batches, firstStep: first, startedAt: start)
    var totals = outcomes.map(\.totals)
    for (index, outcome) in outcomes.enumerated() {
      guard let skipped = try check(outcome, step: first + index, epoch: epoch) else { continue }
      result.skippedSteps += 1
      totals[index] = StepTotals(requests: outcome.totals.requests)
      onEvent(.skipped(skipped))
    }
    try actAfterStep(first + batches.count - 1)
    outcomes.forEach(record)
    return totals
  }

  private func record(_ outcome: StepOutcome) {
    timeline.recordStep(duration: outcome.seconds)
    result.phases += outcome.phases
    result.injectedSeconds += outcome.injectedSeconds
    result.steps += 1
    result.samplesSeen += outcome.totals.samples
    result.localSamples += outcome.localSize
    if outcome.totals.lossSum.isFinite {
      result.finalLoss = outcome.totals.lossSum / Double(outcome.totals.samples)
    }
  }
}
