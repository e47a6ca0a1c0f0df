public import MessagePassing
public import NeuralNetwork
import Statistics

/// One way of exchange, tried for a few steps.
public struct SyncTrial: Equatable, Sendable {
  public let method: SyncMethod
  /// Median duration of a step of the slowest rank, in seconds.
  public let stepSeconds: Double
}

extension Trainer {
  private static let warmUpSteps = 3
  private static let trialSteps = 9

  /// Tries ways of exchange on the first batches of the run, each on replicas of its own; called by
  /// all ranks, which come to the same figures.
  ///
  /// Nothing of a trial stays: the engine is attached anew by whoever trains next. The ways go there
  /// and back (a, b, b, a), so that a machine that becomes slower or faster favours none.
  /// - Returns: a trial for each way, the fastest first.
  public static func compare(
    _ methods: [SyncMethod], communicator: Communicator, data: LocalData, model: Model,
    optimizer: Optimizer, engine: any Engine, plan: TrainingPlan, bucket: Int? = nil
  ) throws -> [SyncTrial] {
    var seconds = methods.map { _ in [Double]() }
    for index in Array(methods.indices) + methods.indices.reversed() {
      let trainer = try Trainer(
        communicator: communicator, data: data, model: model, optimizer: optimizer, engine: engine,
        plan: plan, sync: methods[index], bucket: bucket)
      seconds[index] += try trainer.stepDurations(Self.warmUpSteps + Self.trialSteps)
        .dropFirst(Self.warmUpSteps)
      try trainer.close()
    }
    return zip(methods, seconds).map {
      SyncTrial(method: $0, stepSeconds: SampleStatistics.median($1) ?? .infinity)
    }.sorted { $0.stepSeconds < $1.stepSeconds }
  }

  /// Takes the first steps of the run, without evaluation; the slowest rank's seconds of each.
  private func stepDurations(_ count: Int) throws -> [Double] {
    _ = try trainEpoch(1, atMost: count) { _ in }
    return try timeline.slowestDurations(over: communicator)
  }
}
