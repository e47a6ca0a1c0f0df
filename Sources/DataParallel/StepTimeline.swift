import Measurement
import MessagePassing

/// When this rank came to each step's all-reduce, when it left it, and when the step was done.
///
/// Written without a barrier during training; who waited for whom is worked out afterwards.
package struct StepTimeline {
  package private(set) var count = 0
  private var arrivals: [Double]
  private var ends: [Double]
  private var durations: [Double]

  /// Room for `steps` steps.
  package init(steps: Int) {
    arrivals = Array(repeating: 0, count: steps)
    ends = arrivals
    durations = arrivals
  }

  /// Notes one step: arrival at and end of its all-reduce on this rank's clock, and its whole
  /// duration.
  package mutating func note(arrival: Double, end: Double, duration: Double) {
    arrivals[count] = arrival
    ends[count] = end
    durations[count] = duration
    count += 1
  }

  /// What the all-reduces of all steps cost this rank, in seconds.
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
    let aligned = arrivals[..<count].map { ClockOffset.align($0, from: first, to: last) }
    let latest = try communicator.allReduce(aligned, .max)
    return Self.split(
      arrivals: aligned,
      ends: ends[..<count].map { ClockOffset.align($0, from: first, to: last) }, latest: latest)
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
    try communicator.allReduce(Array(durations[..<count]), .max)
  }
}
