import MessagePassing

/// When this rank came to each meeting of a step (its all-reduce, or the barriers that take its
/// place), when it left, and how long each step took.
///
/// Written without a barrier during training; who waited for whom is worked out afterwards.
package struct StepTimeline {
  private var arrivals: [Double] = []
  private var ends: [Double] = []
  private var durations: [Double] = []

  /// Room for `steps` steps with so many synchronisationPoints each, as all ranks have.
  package init(steps: Int, synchronisationPoints: Int) {
    arrivals.reserveCapacity(steps * synchronisationPoints)
    ends.reserveCapacity(steps * synchronisationPoints)
    durations.reserveCapacity(steps)
  }

  /// Notes arrival at and end of a meeting on this rank's clock.
  package mutating func recordSynchronisation(arrival: Double, end: Double) {
    arrivals.append(arrival)
    ends.append(end)
  }

  /// Notes a whole step.
  package mutating func noteStep(duration: Double) { durations.append(duration) }

  /// Seconds from arrival to end of all synchronisationPoints after the first `count`.
  func synchronisationSeconds(after count: Int) -> Double {
    (count..<arrivals.count).reduce(0) { $0 + ends[$1] - arrivals[$1] }
  }

  /// Meetings so far.
  var synchronisationPoints: Int { arrivals.count }

  /// What the synchronisationPoints of all steps cost this rank, in seconds.
  package struct ExchangeSeconds: Equatable {
    /// Until the last rank had come.
    package var wait = 0.0
    /// From then on.
    package var transfer = 0.0
  }

  /// Tells waiting from transfer; called by all ranks.
  func exchangeSeconds(
    over communicator: Communicator, from first: ClockOffset, to last: ClockOffset
  ) throws -> ExchangeSeconds {
    let aligned = arrivals.map { ClockOffset.align($0, from: first, to: last) }
    let latest = try communicator.allReduce(aligned, .max)
    return Self.split(
      arrivals: aligned,
      ends: ends.map { ClockOffset.align($0, from: first, to: last) }, latest: latest)
  }

  /// The arithmetic of `exchangeSeconds`, all instants on one clock.
  package static func split(arrivals: [Double], ends: [Double], latest: [Double]) -> ExchangeSeconds
  {
    var result = ExchangeSeconds()
    for step in arrivals.indices {
      // A clock is aligned to about a microsecond: never let that make a part negative.
      let begin = min(max(latest[step], arrivals[step]), ends[step])
      result.wait += begin - arrivals[step]
      result.transfer += ends[step] - begin
    }
    return result
  }

  /// The duration of each step, of the slowest rank; called by all ranks.
  func slowestDurations(over communicator: Communicator) throws -> [Double] {
    try communicator.allReduce(durations, .max)
  }
}
