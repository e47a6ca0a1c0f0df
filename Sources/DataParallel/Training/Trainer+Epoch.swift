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
    /// Whether all ranks stopped within the epoch.
    var isStopped = false
    /// Seconds of the epoch in earlier parts of the run.
    var secondsBefore = 0.0
    /// This rank's training seconds in this part of the run when it began with the epoch.
    var startedAt = 0.0
    /// The first batch of this part of the run.
    var firstBatch = 0
    /// The order hash of the batches before it; 0 on all ranks but rank 0.
    var hashBefore: UInt64 = 0

    /// The sums at the beginning of an epoch, or where a checkpoint left it.
    init(startedAt: Double, resuming progress: TrainingProgress?, isRoot: Bool) {
      self.startedAt = startedAt
      guard let progress else { return }
      steps = progress.batch
      lossSum = progress.lossSum
      samples = progress.samples
      secondsBefore = progress.epochSeconds
      firstBatch = progress.batch
      if isRoot { hashBefore = UInt64(progress.orderHash, radix: 16) ?? 0 }
    }

    /// This rank's part of the order hash of the batches so far.
    func orderHash(of steps: any EpochSteps, content: SampleContent) -> UInt64 {
      hashBefore &+ steps.orderHash(of: firstBatch..<self.steps, content: content)
    }
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
    recorder?.record(
      TraceSpan(.load, step: result.steps + 1, epoch: epoch, start: start, end: now))
    var totals = EpochTotals(
      startedAt: before, resuming: resumed, isRoot: communicator.isRoot)
    resumed = nil
    let batchCount = min(steps.batchCount, totals.steps + limit)
    while totals.steps < batchCount {
      let count = stepCount(of: steps, atMost: batchCount - totals.steps)
      let batches = totals.steps..<(totals.steps + count)
      let outcomes = try takeSteps(steps, batches, epoch: epoch, at: now)
      for (batch, step) in zip(batches, outcomes) {
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
    totals.seconds = totals.secondsBefore + result.trainingSeconds - before
    // After the training time is taken: hashing is not part of training.
    totals.orderHash = totals.orderHash(of: steps, content: content)
    return totals
  }

  /// How this rank takes the steps of an epoch.
  private func steps(ofEpoch epoch: Int) -> any EpochSteps {
    if let runner {
      return DeviceSteps(
        work: WholeWork(workSetting(ofEpoch: epoch), engine: engine), runner: runner,
        requests: requests, recorder: recorder)
    }
    let drill = plan.slowDrill.flatMap { $0.rank == communicator.rank ? $0 : nil }
    return ExchangeSteps(
      work: work(ofEpoch: epoch), engine: engine, sync: sync, timeline: timeline, drill: drill,
      requests: requests, recorder: recorder)
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
    var stops = [result.stepsBefore + TrainingResult.warmUpSteps, plan.bitFlip?.step ?? 0]
    if let interval = plan.checkInterval { stops.append((done / interval + 1) * interval) }
    if case .steps(let interval)? = control.checkpoints?.interval {
      stops.append((done / interval + 1) * interval)
    }
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
