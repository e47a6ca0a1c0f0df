public import MessagePassing
public import NeuralNetwork
import Statistics
import SystemSupport

/// The two parts of a training step, each measured without the other: what a step of so many ranks
/// will take can then be said before it was ever made.
public struct StepRehearsal: Equatable, Sendable {
  public let method: SyncMethod
  /// Load, forward and backward of a local batch, all ranks at the same time: the median over steps
  /// of the slowest rank's seconds.
  public let computeSeconds: Double
  /// Exchange and update, all ranks starting together; likewise.
  public let exchangeSeconds: Double
}

extension Trainer {
  private static let rehearsedSteps = 25
  private static let warmUps = 5

  /// Rehearses the steps of a run for each way of exchange; called by all ranks.
  public static func rehearse(
    _ methods: [SyncMethod], communicator: Communicator, data: LocalData, model: Model,
    optimizer: Optimizer, engine: any Engine, plan: TrainingPlan
  ) throws -> [StepRehearsal] {
    try methods.map { method in
      let trainer = try Trainer(
        communicator: communicator, data: data, model: model, optimizer: optimizer, engine: engine,
        plan: plan, sync: method)
      let work = trainer.work(ofEpoch: 1)
      let compute = try trainer.slowest { trainer.computeOnly($0, of: work) }
      let exchange = try trainer.slowest { try trainer.exchangeOnly(step: $0 + 1) }
      try trainer.close()
      return StepRehearsal(method: method, computeSeconds: compute, exchangeSeconds: exchange)
    }
  }

  /// The median over some turns of the slowest rank's seconds; all start each turn together.
  private func slowest(_ body: (_ turn: Int) throws -> Double) throws -> Double {
    var seconds: [Double] = []
    for turn in 0..<(Self.warmUps + Self.rehearsedSteps) {
      try communicator.barrier()
      seconds.append(try body(turn))
    }
    let slowest = try communicator.allReduce(seconds, .max)
    return SampleStatistics.median(Array(slowest.dropFirst(Self.warmUps))) ?? 0
  }

  private func computeOnly(_ turn: Int, of work: any EpochWork) -> Double {
    let start = MonotonicClock.seconds()
    _ = work.compute(turn % max(1, work.batchCount - 1), onReady: { _ in })
    return MonotonicClock.seconds() - start
  }

  private func exchangeOnly(step: Int) throws -> Double {
    // As the backward pass leaves them: just written, by this core.
    replica.gradients.update(repeating: 1e-9)
    replica.totals = StepTotals(lossSum: 0, correct: 0, samples: 0)
    try communicator.barrier()
    var unused = StepTimeline(steps: 1, synchronisationPoints: sync.synchronisationPoints)
    let start = MonotonicClock.seconds()
    let update = StepUpdate(
      engine: engine, scale: 1 / Float(plan.globalBatch), step: step, arrival: start)
    try sync.finish(update, timeline: &unused)
    return MonotonicClock.seconds() - start
  }
}
