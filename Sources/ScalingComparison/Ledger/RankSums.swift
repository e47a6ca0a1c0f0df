import RunRecords

/// Seconds of a run, summed over its ranks.
struct RankSums {
  /// Forward and backward, with the phases that a device executes together.
  var computation = 0.0
  var wait = 0.0
  var transfer = 0.0
  var update = 0.0
  var load = 0.0
  var training = 0.0
  /// Training seconds of the slowest rank: the run's T(p).
  var longestTraining = 0.0
  /// Load, forward, backward and update of all ranks, and of the rank with the most.
  var compute = 0.0
  var longestCompute = 0.0
  /// Samples of all ranks.
  var samples = 0.0

  /// The sums of one run.
  ///
  /// - Parameter fused: phases whose seconds cannot be separated in one of the runs compared.
  init(_ record: RunRecord, fused: Set<Phase>) {
    let computation = fused.union([.forward, .backward])
    for rank in record.ranks {
      let phases = rank.phases
      for phase in computation { self.computation += phases[phase] }
      wait += phases.allReduceWait
      transfer += phases.allReduceTransfer
      update += phases.update
      load += phases.load
      training += rank.trainingSeconds
      longestTraining = max(longestTraining, rank.trainingSeconds)
      compute += phases.compute
      longestCompute = max(longestCompute, phases.compute)
    }
    samples = Double(record.result.samplesSeen)
  }
}
