import Dataset
import Hashing
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
  /// The engine where it computes leaf by leaf, and its leaves; nil in the fast mode.
  private let leafwise: (engine: any LeafwiseEngine, cut: LeafCut, share: LeafShare)?
  private let content: SampleContent
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
    content = SampleContent(data.trainingSamples)
    leafwise = try data.cut.map { cut in
      guard let engine = engine as? any LeafwiseEngine else {
        throw AgreedError(
          "--reproducible: not available on \(engine.device); leave it out or use --device cpu",
          exitCode: ExitCode.usage)
      }
      return (engine, cut, cut.share(of: communicator.rank))
    }
    sync = try method.make(
      over: communicator, node: node, count: layout.count,
      statesPerParameter: optimizer.statesPerParameter, cut: data.cut)
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
    if let leafwise { leafwise.engine.take(leafwise.share, largestLeaf: largest) }
  }

  /// Trains as planned and evaluates after every epoch; called by all ranks.
  ///
  /// - Parameter onEvent: hears of every step and epoch, on every rank.
  /// - Throws: `AgreedError` naming the step where the loss is not finite.
  public func run(onEvent: (TrainingEvent) -> Void) throws -> TrainingResult {
    if communicator.isRoot { result.initialWeightsSHA256 = weightsSHA256() }
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
    for batch in 0..<min(work.batchCount, limit) {
      let step = try trainStep(work, batch, epoch: epoch, at: now)
      if batch % plan.logInterval == 0 {
        onEvent(
          .logged(
            epoch: epoch, samplesBefore: totals.samples,
            samplesInEpoch: data.facts.trainingCount, loss: step.lossSum / Double(step.samples)))
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
    totals.seconds = result.trainingSeconds - before
    // After the clock: it costs nothing that is measured.
    totals.orderHash = work.orderHash(ofFirst: totals.steps, content: content)
    return totals
  }

  /// One optimizer step: load, forward, backward, all-reduce, update.
  private func trainStep(
    _ work: any EpochWork, _ batch: Int, epoch: Int, at start: Double
  ) throws -> StepTotals {
    let step = result.steps + 1
    let globalSize = work.globalSize(of: batch)
    let (outcome, samples) = work.compute(batch)
    try engine.checkDevice()
    let arrival = MonotonicClock.seconds()
    let met = timeline.meetings
    try sync.finish(
      StepUpdate(engine: engine, scale: 1 / Float(globalSize), step: step, arrival: arrival),
      timeline: &timeline)
    try engine.checkDevice()
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
    if let bitFlip = plan.bitFlip {
      engine.publishParameters()
      bitFlip.strike(replica, rank: communicator.rank, step: step)
      engine.adoptParameters()
    }
    if let interval = plan.checkInterval, step % interval == 0 { _ = try verifyReplicas(step) }
    timeline.noteStep(duration: done - start)
    result.phases.load += outcome.loadSeconds
    result.phases.forward += outcome.forwardSeconds
    result.phases.backward += outcome.backwardSeconds
    result.phases.update += done - arrival - timeline.meetingSeconds(after: met)
    result.steps = step
    result.samplesSeen += totals.samples
    result.localSamples += samples
    result.finalLoss = totals.lossSum / Double(totals.samples)
    return totals
  }

  /// The test set shared among ranks; the replicas must still be one.
  private func evaluate(epoch: Int, totals: EpochTotals) throws -> EpochSummary {
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
  private func weightsSHA256() -> String {
    finalWeights().withUnsafeBytes { SHA256.hex(of: $0) }
  }

  /// Stops the run unless all ranks have the same parameters; returns their hash.
  private func verifyReplicas(_ step: Int) throws -> UInt64 {
    engine.publishParameters()
    try engine.checkDevice()
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
