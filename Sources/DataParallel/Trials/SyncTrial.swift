import MessagePassing
import NeuralNetwork
import Statistics

/// The measured step time of one exchange method, for `--sync auto`.
public struct SyncTrial: Equatable, Sendable {
  public let method: SyncMethod
  /// Median over the turns of the method; of each turn, the median of the slowest rank's seconds.
  public let stepSeconds: Double
}

extension Trainer {
  /// Measures exchange methods on the first batches of the run, each with separate replicas.
  ///
  /// Called by all ranks, which return the same trials. A trial leaves no effect: the next trainer
  /// attaches the engine again. The methods take turns of some steps, in an order that is reversed in
  /// every second round, until ``SyncContest`` has decided.
  /// - Parameter methods: the last one is preferred where the others are not faster beyond noise.
  /// - Returns: a trial for each method, the chosen one first, then the fastest first.
  public static func compare(
    _ methods: [SyncMethod], on job: TrainingJob
  ) throws -> [SyncTrial] {
    var contest = SyncContest(methods: methods)
    while !contest.isDecided {
      let reversed = contest.rounds % 2 == 1
      var seconds = methods.map { _ in 0.0 }
      for index in reversed ? methods.indices.reversed() : Array(methods.indices) {
        let trainer = try Trainer(job, sync: methods[index])
        seconds[index] = try trainer.stepSeconds(contest.turn)
        try trainer.close()
      }
      contest.add(round: seconds)
    }
    return contest.trials
  }

  /// Takes the first steps of the run, without evaluation, and returns the median of the slowest
  /// rank's seconds after the warm-up.
  private func stepSeconds(_ turn: SyncContest.Turn) throws -> Double {
    _ = try trainEpoch(1, atMost: turn.warmUpSteps + turn.steps) { _ in }
    let seconds = try timeline.slowestDurations(over: communicator)
    // An epoch may have fewer steps.
    let measured = seconds.dropFirst(min(turn.warmUpSteps, seconds.count - 1))
    return SampleStatistics.median(Array(measured)) ?? .infinity
  }
}
