import MessagePassing
import NeuralNetwork
import Statistics
import SystemSupport

/// The two parts of a training step, measured separately, from which step times are predicted.
public struct StepRehearsal: Equatable, Sendable {
  public let method: SyncMethod
  /// Load, forward and backward of a local batch, on all ranks at the same time.
  ///
  /// The median over steps of the slowest rank's seconds.
  public let computeSeconds: Double
  /// Exchange and update, on all ranks at the same time; also such a median.
  public let exchangeSeconds: Double
}

extension Trainer {
  private static let rehearsedSteps = 25
  private static let warmUps = 5

  /// Measures the two parts of a step for each exchange method; called by all ranks.
  public static func rehearse(
    _ methods: [SyncMethod], of job: TrainingJob
  ) throws -> [StepRehearsal] {
    try methods.map { method in
      let trainer = try Trainer(job, sync: method)
      let work = trainer.work(ofEpoch: 1)
      let compute = try trainer.slowest { trainer.computeOnly($0, of: work) }
      let exchange = try trainer.slowest { try trainer.exchangeOnly(step: $0 + 1) }
      try trainer.close()
      return StepRehearsal(method: method, computeSeconds: compute, exchangeSeconds: exchange)
    }
  }

  /// The median over some turns of the slowest rank's seconds; all ranks start each turn together.
  private func slowest(_ body: (_ turn: Int) throws -> Double) throws -> Double {
    var seconds: [Double] = []
    for turn in 0..<(Self.warmUps + Self.rehearsedSteps) {
      try communicator.barrier()
      seconds.append(try body(turn))
    }
    let slowest = try communicator.allReduce(seconds, .max)
    return SampleStatistics.median(Array(slowest.dropFirst(Self.warmUps))) ?? 0
  }

  /// Seconds of this rank for load, forward and backward.
  private func computeOnly(_ turn: Int, of work: any EpochWork) -> Double {
    let start = MonotonicClock.seconds()
    // Not the last batch of the epoch, which may be smaller.
    let batch = work.batch(turn % max(1, work.batchCount - 1))
    _ = work.computeGradients(of: batch, onReady: { _ in })
    return MonotonicClock.seconds() - start
  }

  /// Seconds of this rank for exchange and update.
  private func exchangeOnly(step: Int) throws -> Double {
    // As after a backward pass, the gradients were just written by this core.
    replica.gradients.update(repeating: 1e-9)
    replica.totals = StepTotals(lossSum: 0, correct: 0, samples: 0)
    try communicator.barrier()
    let unused = StepTimeline(steps: 1, synchronisationPoints: sync.synchronisationPoints)
    let start = MonotonicClock.seconds()
    let update = StepUpdate(engine: engine, scale: 1 / Float(plan.globalBatch), step: step)
    try sync.finish(update, arrival: start, unused)
    return MonotonicClock.seconds() - start
  }
}
