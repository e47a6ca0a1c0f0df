import MessagePassing
import RunRecords

/// This rank's arrival and end times at synchronisation points, and the duration of each step.
///
/// A synchronisation point is an all-reduce, or a barrier of `--sync node`. During training the
/// times are only stored, so that measuring adds no barrier; waiting is computed after training.
package final class StepTimeline {
  private var arrivals: [Double] = []
  private var ends: [Double] = []
  private var durations: [Double] = []
  /// What a watchdog sees of this rank; nil without one.
  var monitor: ProgressMonitor?

  /// Reserves memory for `steps` steps with `synchronisationPoints` points each, as on all ranks.
  package init(steps: Int, synchronisationPoints: Int) {
    arrivals.reserveCapacity(steps * synchronisationPoints)
    ends.reserveCapacity(steps * synchronisationPoints)
    durations.reserveCapacity(steps)
  }

  /// Called before this rank waits for others at a synchronisation point.
  func beginSynchronisation() { monitor?.proceed(to: .exchange) }

  /// Records arrival at and end of a synchronisation point, in seconds of this rank's clock.
  package func recordSynchronisation(arrival: Double, end: Double) {
    arrivals.append(arrival)
    ends.append(end)
    monitor?.proceed(to: .update)
  }

  /// Records the seconds of a whole step.
  package func recordStep(duration: Double) { durations.append(duration) }

  /// Synchronisation points so far.
  var pointCount: Int { arrivals.count }

  /// Seconds from arrival to end, summed over all synchronisation points after the first `count`.
  func synchronisationSeconds(after count: Int) -> Double {
    (count..<arrivals.count).reduce(0) { $0 + ends[$1] - arrivals[$1] }
  }

  /// All synchronisation points on rank 0's clock; called by all ranks.
  func points(
    over communicator: Communicator, on clock: CommonClock
  ) throws -> [SynchronisationPoint] {
    let aligned = arrivals.map(clock.time(of:))
    let latest = try communicator.allReduce(aligned, .max)
    return aligned.indices.map {
      SynchronisationPoint(
        arrival: aligned[$0], latestArrival: latest[$0], end: clock.time(of: ends[$0]))
    }
  }

  /// The duration of each step, of the slowest rank; called by all ranks.
  func slowestDurations(over communicator: Communicator) throws -> [Double] {
    try communicator.allReduce(durations, .max)
  }
}
