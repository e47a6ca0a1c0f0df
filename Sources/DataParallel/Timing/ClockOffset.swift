import MessagePassing
import SystemSupport

/// How far this rank's node is from rank 0's clock, so that instants of several nodes can be
/// compared.
///
/// Ranks of one node share a clock. Between nodes the offset is half a round trip's doubt: the
/// quickest of several echoes counts. Clocks drift, so a run measures at both ends and
/// interpolates.
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

  /// Measures the offset; called by all ranks.
  package static func measure(over communicator: Communicator, node: Communicator) throws
    -> ClockOffset
  {
    let leaders = try communicator.split(color: node.isRoot ? 0 : 1, key: communicator.rank)
    var offset = 0.0
    if node.isRoot {
      for leader in 1..<max(leaders.size, 1) {
        if leaders.rank == leader {
          offset = try answer(over: leaders)
        } else if leaders.isRoot {
          try ask(leader, over: leaders)
        }
      }
    }
    return ClockOffset(
      measuredAt: MonotonicClock.seconds(), offset: try node.broadcast(offset))
  }

  /// Rank 0's side: sends its clock, times the echo, then sends the best estimate.
  private static func ask(_ leader: Int, over leaders: Communicator) throws {
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

  private static func answer(over leaders: Communicator) throws -> Double {
    var number = [0.0]
    for _ in 0..<echoes {
      try number.withUnsafeMutableBufferPointer { try leaders.receive(into: $0, from: 0) }
      try leaders.send([MonotonicClock.seconds()], to: 0)
    }
    try number.withUnsafeMutableBufferPointer { try leaders.receive(into: $0, from: 0) }
    return number[0]
  }

  /// The instant `seconds` of this rank's clock on rank 0's clock, between two measurements.
  package static func align(_ seconds: Double, from first: ClockOffset, to last: ClockOffset)
    -> Double
  {
    let span = last.measuredAt - first.measuredAt
    let share = span > 0 ? (seconds - first.measuredAt) / span : 0
    return seconds + first.offset + share * (last.offset - first.offset)
  }
}
