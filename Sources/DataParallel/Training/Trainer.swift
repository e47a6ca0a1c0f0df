import Dataset
import MessagePassing
import NeuralNetwork
import SystemSupport

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
  var timeline: StepTimeline
  /// The engine where it computes leaf by leaf, and its leaves; nil in the fast mode.
  let leafwise: (engine: any LeafwiseEngine, cut: LeafCut, share: LeafShare)?
  /// The engine where it takes whole steps by itself: there is one rank.
  let runner: (any StepRunner)?
  let content: SampleContent
  var result = TrainingResult()
  /// The last step after which all replicas were found equal.
  var verifiedStep = 0

  /// Draws the initial weights on rank 0, broadcasts them and attaches the engine.
  ///
  /// - Parameter bucket: gradients that are exchanged at a time where the engine computes the others
  ///   meanwhile; 0 for all in one go, nil for the usual number.
  public init(
    communicator: Communicator, data: LocalData, model: Model, optimizer: Optimizer,
    engine: any Engine, plan: TrainingPlan, sync method: SyncMethod = .allReduce,
    bucket: Int? = nil
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
    runner = communicator.size == 1 && leafwise == nil ? engine as? any StepRunner : nil
    sync = try method.make(
      over: communicator, node: node, count: layout.count,
      statesPerParameter: optimizer.statesPerParameter, cut: data.cut, engine: engine,
      bucket: bucket)
    timeline = StepTimeline(
      steps: plan.plannedSteps(samples: data.facts.trainingCount),
      synchronisationPoints: sync.synchronisationPoints)
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
    if runner != nil { result.fusedPhases = [.load, .forward, .backward, .update] }
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
}

extension Trainer {
  /// Bytes of optimizer state that this rank keeps.
  public var optimizerStateBytes: Int {
    replica.optimizerState.count * MemoryLayout<Float>.stride
  }

  /// Gradients that are exchanged at a time, during the backward pass; nil where all are, after it.
  public var bucket: Int? {
    communicator.size > 1 ? (sync as? AllReduceSync)?.bucket : nil
  }

  /// Gives shared memory back; called by all ranks when nobody uses the trainer any more.
  public func close() throws { try sync.close() }

  /// The trained weights of this rank in canonical order; the same on all ranks.
  public func finalWeights() -> [Float] {
    engine.publishParameters()
    return layout.canonical(from: UnsafeBufferPointer(replica.parameters))
  }
}
