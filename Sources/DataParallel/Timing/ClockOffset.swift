import MessagePassing
import SystemSupport

/// The difference between rank 0's clock and this rank's, for comparing times of several nodes.
///
/// Ranks of one node share a clock. Between nodes an echo message gives the offset with an error of
/// at most half its round trip, so the quickest of several echoes counts. Clocks drift, so a run
/// measures before and after training and interpolates linearly.
package struct ClockOffset: Equatable {
  /// This rank's clock when the offset was measured, in seconds.
  package var measuredAt: Double
  /// Rank 0's clock minus this rank's, in seconds.
  package var offset: Double

  /// An offset by its parts.
  package init(measuredAt: Double, offset: Double) {
    self.measuredAt = measuredAt
    self.offset = offset
  }

  private static let echoes = 25

  /// Measures the offset, by echoes between rank 0 and the lowest rank of each node.
  ///
  /// Called by all ranks; `node` is the communicator of this rank's node.
  package static func measure(over communicator: Communicator, node: Communicator) throws
    -> ClockOffset
  {
    let leaders = try communicator.split(color: node.isRoot ? 0 : 1, key: communicator.rank)
    var offset = 0.0
    if node.isRoot {
      for leader in 1..<max(leaders.size, 1) {
        if leaders.rank == leader {
          offset = try answerEchoes(over: leaders)
        } else if leaders.isRoot {
          try sendEchoes(to: leader, over: leaders)
        }
      }
    }
    return ClockOffset(
      measuredAt: MonotonicClock.seconds(), offset: try node.broadcast(offset))
  }

  /// Rank 0's part: sends its clock, times the answers, and finally sends the best estimate.
  private static func sendEchoes(to leader: Int, over leaders: Communicator) throws {
    var best = (roundTrip: Double.infinity, offset: 0.0)
    var remote = [0.0]
    for _ in 0..<echoes {
      let start = MonotonicClock.seconds()
      try leaders.send([start], to: leader)
      try remote.withUnsafeMutableBufferPointer { try leaders.receive(into: $0, from: leader) }
      let end = MonotonicClock.seconds()
      if end - start < best.roundTrip { best = (end - start, (start + end) / 2 - remote[0]) }
    }
    try leaders.send([best.offset], to: leader)
  }

  /// The other rank's part: answers each echo with its clock, and returns the offset it receives.
  private static func answerEchoes(over leaders: Communicator) throws -> Double {
    var number = [0.0]
    for _ in 0..<echoes {
      try number.withUnsafeMutableBufferPointer { try leaders.receive(into: $0, from: 0) }
      try leaders.send([MonotonicClock.seconds()], to: 0)
    }
    try number.withUnsafeMutableBufferPointer { try leaders.receive(into: $0, from: 0) }
    return number[0]
  }
}

/// Rank 0's clock, on which the times of all ranks can be compared.
package struct CommonClock {
  /// This rank's offset before training.
  private let first: ClockOffset
  /// The same after training.
  private let last: ClockOffset

  /// The clock by this rank's offsets at two times.
  package init(from first: ClockOffset, to last: ClockOffset) {
    self.first = first
    self.last = last
  }

  /// The time on rank 0's clock at a time of this rank's clock, between the two measurements.
  package func time(of seconds: Double) -> Double {
    let span = last.measuredAt - first.measuredAt
    let share = span > 0 ? (seconds - first.measuredAt) / span : 0
    return seconds + first.offset + share * (last.offset - first.offset)
  }
}
