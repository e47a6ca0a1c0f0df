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

  /// Reserves memory for `steps` steps with `synchronisationPoints` points each, as on all ranks.
  package init(steps: Int, synchronisationPoints: Int) {
    arrivals.reserveCapacity(steps * synchronisationPoints)
    ends.reserveCapacity(steps * synchronisationPoints)
    durations.reserveCapacity(steps)
  }

  /// Records arrival at and end of a synchronisation point, in seconds of this rank's clock.
  package func recordSynchronisation(arrival: Double, end: Double) {
    arrivals.append(arrival)
    ends.append(end)
  }

  /// Records the seconds of a whole step.
  package func recordStep(duration: Double) { durations.append(duration) }

  /// Synchronisation points so far.
  var pointCount: Int { arrivals.count }

  /// Seconds from arrival to end, summed over all synchronisation points after the first `count`.
  func synchronisationSeconds(after count: Int) -> Double {
    (count..<arrivals.count).reduce(0) { $0 + ends[$1] - arrivals[$1] }
  }

  /// The seconds that this rank spent at the synchronisation points of all steps.
  package struct ExchangeSeconds: Equatable {
    /// From this rank's arrival to that of the last rank.
    package var wait = 0.0
    /// From the arrival of the last rank to the end.
    package var transfer = 0.0
  }

  /// Divides the time at synchronisation points into waiting and transfer; called by all ranks.
  ///
  /// - Parameters:
  ///   - first: this rank's clock offset before training.
  ///   - last: the same after training.
  func exchangeSeconds(
    over communicator: Communicator, from first: ClockOffset, to last: ClockOffset
  ) throws -> ExchangeSeconds {
    let aligned = arrivals.map { ClockOffset.align($0, from: first, to: last) }
    let latest = try communicator.allReduce(aligned, .max)
    return Self.split(
      arrivals: aligned,
      ends: ends.map { ClockOffset.align($0, from: first, to: last) }, latest: latest)
  }

  /// Divides times at synchronisation points, all on one clock.
  ///
  /// - Parameter latest: for each point the arrival of the last rank.
  package static func split(arrivals: [Double], ends: [Double], latest: [Double]) -> ExchangeSeconds
  {
    var result = ExchangeSeconds()
    for point in arrivals.indices {
      // Clocks are aligned to about a microsecond, which must not make a part negative.
      let begin = min(max(latest[point], arrivals[point]), ends[point])
      result.wait += begin - arrivals[point]
      result.transfer += ends[point] - begin
    }
    return result
  }

  /// The duration of each step, of the slowest rank; called by all ranks.
  func slowestDurations(over communicator: Communicator) throws -> [Double] {
    try communicator.allReduce(durations, .max)
  }
}
