import Dataset
import Measurement
import MessagePassing
import NeuralNetwork

/// Trains one model on all ranks of a communicator: the same steps, in the same order, for any rank
/// count.
///
/// Made and run by all ranks alike.
public final class Trainer {
  let communicator: Communicator
  let node: Communicator
  let data: LocalData
  let layout: ParameterLayout
  let engine: any Engine
  let plan: TrainingPlan
  var replica: Replica { sync.replica }
  let sync: any GradientSync
  private(set) var timeline: StepTimeline
  private var result = TrainingResult()
  /// The last step after which all replicas were found equal.
  private var verifiedStep = 0

  /// Draws the initial weights on rank 0, broadcasts them and attaches the engine.
  public init(
    communicator: Communicator, data: LocalData, model: Model, optimizer: Optimizer,
    engine: any Engine, plan: TrainingPlan, sync method: SyncMethod = .allReduce
  ) throws {
    self.communicator = communicator
    self.data = data
    self.engine = engine
    self.plan = plan
    node = try communicator.splitByNode()
    layout = ParameterLayout(of: model)
    sync = try method.make(
      over: communicator, node: node, count: layout.count,
      statesPerParameter: optimizer.statesPerParameter)
    timeline = StepTimeline(
      steps: plan.plannedSteps(samples: data.facts.trainingCount), meetings: sync.meetings)
    if communicator.isRoot {
      InitialWeights.fill(sync.replica.parameters, layout: layout, seed: plan.seed)
    }
    // Ranks that share their parameters get the same bits written over each other.
    try communicator.broadcast(sync.replica.parameters)
    // The largest local batch that any epoch can bring: all samples of a batch may be this rank's.
    let largest = min(plan.globalBatch, data.trainingSamples.count)
    try engine.attach(
      samples: data.trainingSamples, buffers: sync.replica.buffers, largestBatch: largest)
  }

  /// Trains as planned and evaluates after every epoch; called by all ranks.
  ///
  /// - Parameter onEvent: hears of every step and epoch, on every rank.
  /// - Throws: `AgreedError` naming the step where the loss is not finite.
  public func run(onEvent: (TrainingEvent) -> Void) throws -> TrainingResult {
    let samples = data.facts.trainingCount
    let planned = plan.plannedSteps(samples: samples)
    let clockBefore = try ClockOffset.measure(over: communicator, node: node)
    try communicator.barrier()
    var epoch = 0
    result.stoppedBy = plan.steps == nil ? .epochs : .steps
    while result.steps < planned {
      epoch += 1
      let totals = try trainEpoch(epoch, atMost: planned - result.steps, onEvent: onEvent)
      let summary = try evaluate(epoch: epoch, totals: totals)
      result.epochs.append(summary)
      onEvent(.evaluated(summary))
      if let target = plan.targetAccuracy, summary.testAccuracy >= target {
        result.stoppedBy = .targetAccuracy
        break
      }
    }
    let clockAfter = try ClockOffset.measure(over: communicator, node: node)
    let exchange = try timeline.exchangeSeconds(
      over: communicator, from: clockBefore, to: clockAfter)
    result.phases.allReduceWait = exchange.wait
    result.phases.allReduceTransfer = exchange.transfer
    result.stepSeconds = try timeline.slowestDurations(over: communicator)
    return result
  }

  /// The sums of an epoch, the same on all ranks.
  struct EpochTotals {
    var steps = 0
    var lossSum = 0.0
    var samples = 0
    var seconds = 0.0
  }

  func trainEpoch(
    _ epoch: Int, atMost limit: Int, onEvent: (TrainingEvent) -> Void
  ) throws -> EpochTotals {
    let start = MonotonicClock.seconds()
    let before = result.trainingSeconds
    let order = EpochOrder(seed: plan.seed, epoch: epoch, shards: data.owners.shards)
    let batches = LocalBatches(
      order: order, owners: data.owners, rank: communicator.rank, batchSize: plan.globalBatch)
    var now = MonotonicClock.seconds()
    result.phases.load += now - start
    var totals = EpochTotals()
    try batches.indices.withUnsafeBufferPointer { indices in
      for batch in 0..<min(batches.count, limit) {
        let local = UnsafeBufferPointer(rebasing: indices[batches.range(of: batch)])
        let step = try trainStep(
          local, globalSize: batches.globalSizes[batch], epoch: epoch, at: now)
        if batch % plan.logInterval == 0 {
          onEvent(
            .logged(
              epoch: epoch, samplesBefore: totals.samples,
              samplesInEpoch: data.facts.trainingCount,
              loss: step.lossSum / Double(step.samples)))
        }
        totals.steps += 1
        totals.lossSum += step.lossSum
        totals.samples += step.samples
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
    }
    totals.seconds = result.trainingSeconds - before
    return totals
  }

  /// One optimizer step: load, forward, backward, all-reduce, update.
  private func trainStep(
    _ local: UnsafeBufferPointer<Int32>, globalSize: Int, epoch: Int, at start: Double
  ) throws -> StepTotals {
    let step = result.steps + 1
    let outcome = engine.computeGradients(
      of: local, into: replica.gradients, onReady: { _ in })
    replica.totals = StepTotals(
      lossSum: outcome.lossSum, correct: outcome.correct, samples: local.count)
    let arrival = MonotonicClock.seconds()
    let met = timeline.meetings
    try sync.finish(
      StepUpdate(engine: engine, scale: 1 / Float(globalSize), step: step, arrival: arrival),
      timeline: &timeline)
    let done = MonotonicClock.seconds()
    let totals = sync.totals
    guard totals.samples == globalSize else {
      throw AgreedError(
        "step \(step): the ranks brought \(totals.samples) samples together, "
          + "expected \(globalSize); the sum over ranks is not to be trusted",
        exitCode: ExitCode.training)
    }
    guard totals.lossSum.isFinite else {
      throw AgreedError(
        "step \(step) (epoch \(epoch)): the loss is not finite (\(totals.lossSum)); "
          + "try a smaller --learning-rate", exitCode: ExitCode.training)
    }
    plan.bitFlip?.strike(replica, rank: communicator.rank, step: step)
    if let interval = plan.checkInterval, step % interval == 0 { _ = try verifyReplicas(step) }
    timeline.noteStep(duration: done - start)
    result.phases.load += outcome.loadSeconds
    result.phases.forward += outcome.forwardSeconds
    result.phases.backward += outcome.backwardSeconds
    result.phases.update += done - arrival - timeline.meetingSeconds(after: met)
    result.steps = step
    result.samplesSeen += totals.samples
    result.localSamples += local.count
    result.finalLoss = totals.lossSum / Double(totals.samples)
    return totals
  }

  /// The test set shared among ranks; the replicas must still be one.
  private func evaluate(epoch: Int, totals: EpochTotals) throws -> EpochSummary {
    let start = MonotonicClock.seconds()
    let mine = engine.evaluate(data.testSamples)
    let correct = try communicator.allReduce(mine.correct, .sum)
    let loss = try communicator.allReduce(mine.lossSum, .sum)
    let hash = try verifyReplicas(result.steps)
    result.phases.evaluate += MonotonicClock.seconds() - start
    return EpochSummary(
      epoch: epoch, steps: totals.steps, seconds: totals.seconds,
      trainingLoss: totals.lossSum / Double(max(totals.samples, 1)),
      testLoss: loss / Double(data.facts.testCount), testCorrect: correct,
      testCount: data.facts.testCount, parametersHash: hash)
  }

  /// Stops the run unless all ranks have the same parameters; returns their hash.
  private func verifyReplicas(_ step: Int) throws -> UInt64 {
    engine.publishParameters()
    let hash = try ReplicaCheck(communicator: communicator, layout: layout, replica: replica)
      .verify(step: step, since: verifiedStep)
    verifiedStep = step
    return hash
  }
}

extension Trainer {
  /// Bytes of optimizer state that this rank keeps.
  public var optimizerStateBytes: Int {
    replica.optimizerState.count * MemoryLayout<Float>.stride
  }

  /// Gives shared memory back; called by all ranks when nobody uses the trainer any more.
  public func close() throws { try sync.close() }

  /// The trained weights of this rank in canonical order; the same on all ranks.
  public func finalWeights() -> [Float] {
    engine.publishParameters()
    return layout.canonical(from: UnsafeBufferPointer(replica.parameters))
  }
}
