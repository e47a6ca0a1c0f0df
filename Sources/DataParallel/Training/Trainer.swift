import Dataset
import MessagePassing
import NeuralNetwork
import SystemSupport

/// Trains one model on all ranks of a communicator.
///
/// The global batches and their order are the same for any number of ranks. All ranks create a
/// trainer and make the same calls.
public final class Trainer {
  let communicator: Communicator
  let node: Communicator
  let data: LocalData
  let layout: ParameterLayout
  let engine: any Engine
  let plan: TrainingPlan
  var replica: Replica { sync.replica }
  let sync: any GradientSync
  let timeline: StepTimeline
  /// Records steps for a trace; nil without one.
  let recorder: StepRecorder?
  /// The engine of the reproducible mode, and the leaves; nil in the fast mode.
  let leafwise: (engine: any LeafwiseEngine, cut: LeafCut, share: LeafShare)?
  /// The engine if it takes whole steps without the host; nil with several ranks.
  let runner: (any StepRunner)?
  let content: SampleContent
  /// The samples that the engine trains on if images are shifted; nil if they are not.
  let shifted: ShiftedSamples?
  let statesPerParameter: Int
  /// Steps of the whole run.
  let planned: Int
  var control = TrainingControl()
  /// When the last checkpoint was copied, or the training began, in seconds of this rank's clock.
  var checkpointAt = 0.0
  /// The progress that the first epoch continues; nil in a run from the start.
  var resumed: TrainingProgress?
  var result = TrainingResult()
  /// Steps before the current one that were skipped, one after another.
  var skippedInARow = 0
  /// The last step after which all replicas were found equal.
  var verifiedStep = 0

  /// Draws the initial weights on rank 0, broadcasts them and attaches the engine.
  ///
  /// Called by all ranks.
  /// - Throws: `AgreedError` if the engine does not support the exchange method or the reproducible
  ///   mode.
  public init(_ job: TrainingJob, sync method: SyncMethod = .allReduce) throws {
    communicator = job.communicator
    data = job.data
    engine = job.engine
    plan = job.plan
    node = try communicator.splitByNode()
    layout = ParameterLayout(of: job.model)
    content = SampleContent(data.trainingSamples)
    shifted = plan.shift.map { [communicator, data, plan] most in
      ShiftedSamples(of: data, rank: communicator.rank, most: most, seed: plan.seed)
    }
    planned = plan.plannedSteps(samples: data.facts.trainingCount)
    statesPerParameter = job.optimizer.statesPerParameter
    leafwise = try data.cut.map { [engine, communicator] cut in
      guard let engine = engine as? any LeafwiseEngine else {
        throw AgreedError(
          "--reproducible: not available on \(engine.device); leave it out or use --device cpu",
          exitCode: ExitCode.usage)
      }
      return (engine, cut, cut.share(of: communicator.rank))
    }
    // A drill needs steps that the host takes one by one.
    runner =
      communicator.size == 1 && leafwise == nil && plan.drill == nil
      ? engine as? any StepRunner : nil
    sync = try method.make(
      over: communicator, node: node, count: layout.count,
      statesPerParameter: statesPerParameter, cut: data.cut, engine: engine,
      bucket: job.bucket)
    timeline = StepTimeline(
      steps: planned, synchronisationPoints: sync.synchronisationPoints)
    recorder = plan.tracedSteps.map { [plan, runner, sync, data] steps in
      StepRecorder(
        steps: steps, epochs: plan.plannedEpochs(samples: data.facts.trainingCount),
        pointsPerStep: runner == nil ? sync.synchronisationPoints : 0)
    }
    if communicator.isRoot {
      if let weights = job.initialWeights {
        layout.store(canonical: weights, into: sync.replica.parameters)
      } else {
        InitialWeights.fill(sync.replica.parameters, layout: layout, seed: plan.seed)
      }
    }
    // Ranks that share memory for their parameters all write the same bits.
    try communicator.broadcast(sync.replica.parameters)
    // All samples of a global batch may be this rank's, so a local batch can be as large as this.
    let largest = min(plan.globalBatch, data.trainingSamples.count)
    try engine.attach(
      samples: shifted?.samples ?? data.trainingSamples, buffers: sync.replica.buffers,
      largestBatch: largest)
    if let leafwise { leafwise.engine.take(leafwise.share, largestLeaf: largest) }
  }

  /// Trains as planned and evaluates after every epoch; called by all ranks.
  ///
  /// A training that is stopped evaluates too, and its last epoch is incomplete.
  /// - Parameters:
  ///   - control: what may save or stop the training.
  ///   - onEvent: receives the progress of the run, on every rank.
  /// - Throws: `AgreedError` naming the step in which the loss is not finite, the sum of the sample
  ///   counts is wrong, or the replicas differ.
  public func run(
    control: TrainingControl = TrainingControl(), onEvent: (TrainingEvent) -> Void
  ) throws -> TrainingResult {
    self.control = control
    timeline.monitor = control.watchdog?.monitor
    defer { control.watchdog?.stop() }
    if communicator.isRoot, resumed == nil { result.initialWeightsSHA256 = weightsSHA256() }
    // The first checkpoint would otherwise have to hash all samples that were trained before it.
    if control.checkpoints != nil { content.prepare() }
    let clockBefore = try ClockOffset.measure(over: communicator, node: node)
    try communicator.barrier()
    checkpointAt = MonotonicClock.seconds()
    var epoch = (resumed?.epoch ?? 1) - 1
    if runner != nil { result.fusedPhases = DeviceSteps.fusedPhases }
    result.stoppedBy = plan.steps == nil ? .epochs : .steps
    while result.steps < planned || resumed != nil {
      epoch += 1
      let totals = try trainEpoch(epoch, atMost: planned - result.steps, onEvent: onEvent)
      let summary = try evaluate(epoch: epoch, totals: totals)
      result.epochs.append(summary)
      onEvent(.evaluated(summary))
      if totals.isStopped {
        result.stoppedBy = .interrupted
        break
      }
      if let target = plan.targetAccuracy, summary.testAccuracy >= target {
        result.stoppedBy = .targetAccuracy
        break
      }
    }
    // A run of no steps tells the accuracy of the weights that it starts from.
    if planned == 0 {
      let summary = try evaluate(epoch: 0, totals: EpochTotals(resuming: nil, isRoot: false))
      result.epochs.append(summary)
      onEvent(.evaluated(summary))
    }
    let clockAfter = try ClockOffset.measure(over: communicator, node: node)
    let clock = CommonClock(from: clockBefore, to: clockAfter)
    let points = try timeline.points(over: communicator, on: clock)
    let exchange = ExchangeSeconds(of: points)
    result.phases.allReduceWait = exchange.wait
    result.phases.allReduceTransfer = exchange.transfer
    if let recorder {
      result.spans = try SpanGathering.gather(
        recorder.spans(points: points, on: clock), over: communicator)
    }
    result.stepSeconds = try timeline.slowestDurations(over: communicator)
    return result
  }
}

extension Trainer {
  /// Bytes of optimizer state that this rank keeps.
  public var optimizerStateBytes: Int {
    replica.optimizerState.count * MemoryLayout<Float>.stride
  }

  /// Number of gradients of a bucket that is exchanged during the backward pass.
  ///
  /// Nil if all gradients are exchanged together after the pass.
  public var bucket: Int? {
    communicator.size > 1 ? sync.bucket : nil
  }

  /// Frees shared memory; called by all ranks, which no longer use the trainer.
  public func close() throws { try sync.close() }

  /// The trained weights in canonical order, the same on all ranks.
  public func finalWeights() -> [Float] {
    engine.publishParameters()
    return layout.canonical(from: UnsafeBufferPointer(replica.parameters))
  }
}
