import Dataset
import NeuralNetwork
import SystemSupport

/// Epochs and their steps.
extension Trainer {
  /// Steps that a device takes in one go, at most: so many that waiting for their end costs little, so
  /// few that whoever watches sees them go on.
  private static let stepsInOneGo = 128

  /// The sums of an epoch, the same on all ranks.
  struct EpochTotals {
    var steps = 0
    var lossSum = 0.0
    var samples = 0
    var seconds = 0.0
    /// This rank's part of the order hash.
    var orderHash: UInt64 = 0
  }

  /// This rank's part of an epoch.
  func work(ofEpoch epoch: Int) -> any EpochWork {
    let setting = WorkSetting(
      order: EpochOrder(seed: plan.seed, epoch: epoch, shards: data.owners.shards), data: data,
      rank: communicator.rank, globalBatch: plan.globalBatch, replica: replica,
      swap: plan.sampleSwap)
    guard let leafwise else { return WholeWork(setting, engine: engine) }
    return LeafWork(setting, engine: leafwise.engine, share: leafwise.share)
  }

  func trainEpoch(
    _ epoch: Int, atMost limit: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> EpochTotals {
    let start = MonotonicClock.seconds()
    let before = result.trainingSeconds
    let work = work(ofEpoch: epoch)
    var now = MonotonicClock.seconds()
    result.phases.load += now - start
    var totals = EpochTotals()
    let batches = min(work.batchCount, limit)
    while totals.steps < batches {
      let next = totals.steps..<(totals.steps + stepsInOneGo(atMost: batches - totals.steps))
      for (batch, step) in zip(next, try takeSteps(work, next, epoch: epoch, at: now)) {
        if batch % plan.logInterval == 0 {
          onEvent(
            .logged(
              epoch: epoch, samplesBefore: totals.samples,
              samplesInEpoch: data.facts.trainingCount, loss: step.lossSum / Double(step.samples)))
        }
        totals.lossSum += step.lossSum
        totals.samples += step.samples
      }
      totals.steps = next.upperBound
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
    // After the clock: it costs nothing that is measured.
    totals.orderHash = work.orderHash(ofFirst: totals.steps, content: content)
    return totals
  }

  /// How many steps come next, of `limit` that are left: more than one where a device takes them by
  /// itself, but none beyond a step after which there is something to do.
  private func stepsInOneGo(atMost limit: Int) -> Int {
    guard runner != nil else { return 1 }
    let done = result.steps
    var stops = [TrainingResult.warmUpSteps, plan.bitFlip?.step ?? 0]
    if let interval = plan.checkInterval { stops.append((done / interval + 1) * interval) }
    return stops.filter { $0 > done }.map { $0 - done }.reduce(min(limit, Self.stepsInOneGo), min)
  }

  private func takeSteps(
    _ work: any EpochWork, _ batches: Range<Int>, epoch: Int, at start: Double
  ) throws -> [StepTotals] {
    if let runner, let work = work as? WholeWork {
      return try takeSteps(work, batches, by: runner, epoch: epoch, at: start)
    }
    return try batches.map { try trainStep(work, $0, epoch: epoch, at: start) }
  }

  /// Whole steps of the device: load, forward, backward and update, which only their sum is known of.
  private func takeSteps(
    _ work: WholeWork, _ batches: Range<Int>, by runner: any StepRunner, epoch: Int,
    at start: Double
  ) throws -> [StepTotals] {
    let outcomes = work.takeSteps(batches, by: runner, firstStep: result.steps + 1)
    try engine.checkDevice()
    let steps = zip(batches, outcomes).map {
      StepTotals(lossSum: $1.lossSum, correct: $1.correct, samples: work.globalSize(of: $0))
    }
    for (place, step) in steps.enumerated() {
      try check(step, number: result.steps + 1 + place, epoch: epoch)
    }
    try finishStep(number: result.steps + batches.count)
    let seconds = MonotonicClock.seconds() - start
    for step in steps {
      timeline.noteStep(duration: seconds / Double(steps.count))
      note(step, localSamples: step.samples)
    }
    result.phases.update += seconds
    return steps
  }

  /// One optimizer step: load, forward, backward, all-reduce, update.
  private func trainStep(
    _ work: any EpochWork, _ batch: Int, epoch: Int, at start: Double
  ) throws -> StepTotals {
    let step = result.steps + 1
    let globalSize = work.globalSize(of: batch)
    var update = StepUpdate(engine: engine, scale: 1 / Float(globalSize), step: step, arrival: 0)
    let met = timeline.synchronisationPoints
    let (outcome, samples, exchangeSeconds) = try compute(work, batch, update)
    update.arrival = MonotonicClock.seconds()
    try sync.finish(update, timeline: &timeline)
    try engine.checkDevice()
    let done = MonotonicClock.seconds()
    let totals = sync.totals
    guard totals.samples == globalSize else {
      throw AgreedError(
        "step \(step): the ranks brought \(totals.samples) samples together, "
          + "expected \(globalSize); the sum over ranks is not to be trusted",
        exitCode: ExitCode.training)
    }
    try check(totals, number: step, epoch: epoch)
    try finishStep(number: step)
    timeline.noteStep(duration: done - start)
    result.phases.load += outcome.loadSeconds
    result.phases.forward += outcome.forwardSeconds
    // A rank without samples has no backward pass for the exchange to be a part of.
    result.phases.backward += max(0, outcome.backwardSeconds - exchangeSeconds)
    result.phases.update +=
      done - update.arrival + exchangeSeconds - timeline.synchronisationSeconds(after: met)
    note(totals, localSamples: samples)
    return totals
  }

  /// This rank's gradients of a batch; what of them is ready early is exchanged meanwhile, if the way of
  /// exchange can.
  ///
  /// - Returns: besides, the seconds that exchange and updates took from the backward pass.
  private func compute(
    _ work: any EpochWork, _ batch: Int, _ update: StepUpdate
  ) throws -> (times: BatchOutcome, samples: Int, exchangeSeconds: Double) {
    var seconds = 0.0
    var failure: (any Error)?
    let (times, samples) = work.compute(batch) { range in
      guard failure == nil else { return }
      let start = MonotonicClock.seconds()
      do {
        try sync.ready(range, update, timeline: &timeline)
      } catch {
        failure = error
      }
      seconds += MonotonicClock.seconds() - start
    }
    if let failure { throw failure }
    try engine.checkDevice()
    return (times, samples, seconds)
  }

  private func check(_ totals: StepTotals, number: Int, epoch: Int) throws {
    guard totals.lossSum.isFinite else {
      throw AgreedError(
        "step \(number) (epoch \(epoch)): the loss is not finite (\(totals.lossSum)); "
          + "try a smaller --learning-rate", exitCode: ExitCode.training)
    }
  }

  /// The drill and the comparison of replicas that are planned after a step.
  private func finishStep(number step: Int) throws {
    if let bitFlip = plan.bitFlip, bitFlip.step == step {
      engine.publishParameters()
      bitFlip.apply(replica, rank: communicator.rank, step: step)
      engine.adoptParameters()
    }
    if let interval = plan.checkInterval, step % interval == 0 { _ = try verifyReplicas(step) }
  }

  private func note(_ step: StepTotals, localSamples: Int) {
    result.steps += 1
    result.samplesSeen += step.samples
    result.localSamples += localSamples
    result.finalLoss = step.lossSum / Double(step.samples)
  }
}
