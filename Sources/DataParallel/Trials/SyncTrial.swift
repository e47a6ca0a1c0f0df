import MessagePassing
import NeuralNetwork
import Statistics

/// The measured step time of one exchange method, for `--sync auto`.
public struct SyncTrial: Equatable, Sendable {
  public let method: SyncMethod
  /// Median over some steps of the slowest rank's seconds.
  public let stepSeconds: Double
}

extension Trainer {
  private static let warmUpSteps = 3
  private static let trialSteps = 9

  /// Measures exchange methods on the first batches of the run, each with separate replicas.
  ///
  /// Called by all ranks, which return the same times. A trial leaves no effect: the next trainer
  /// attaches the engine again. The order of the methods is reversed in a second pass (a, b, b, a),
  /// so that a machine that becomes slower or faster favours none.
  /// - Returns: a trial for each method, the fastest first.
  public static func compare(
    _ methods: [SyncMethod], on job: TrainingJob
  ) throws -> [SyncTrial] {
    var seconds = methods.map { _ in [Double]() }
    for index in Array(methods.indices) + methods.indices.reversed() {
      let trainer = try Trainer(job, sync: methods[index])
      seconds[index] += try trainer.stepDurations(Self.warmUpSteps + Self.trialSteps)
        .dropFirst(Self.warmUpSteps)
      try trainer.close()
    }
    return zip(methods, seconds).map {
      SyncTrial(method: $0, stepSeconds: SampleStatistics.median($1) ?? .infinity)
    }.sorted { $0.stepSeconds < $1.stepSeconds }
  }

  /// Takes the first steps of the run, without evaluation, and returns the slowest rank's seconds.
  private func stepDurations(_ count: Int) throws -> [Double] {
    _ = try trainEpoch(1, atMost: count) { _ in }
    return try timeline.slowestDurations(over: communicator)
  }
}
