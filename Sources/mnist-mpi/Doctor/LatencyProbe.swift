import Foundation
import MessagePassing
import Statistics
import SystemSupport

/// How long a small message takes between rank 0's host and each other one.
struct LatencyProbe {
  private let communicator: Communicator
  private let place: RankPlace
  /// The first rank of each node, in the order of nodes; of no use to other ranks.
  private let leaders: Communicator

  private static let (warmUps, roundTrips, longest) = (10, 200, 0.5)
  /// 1 KiB; the first number says whether another message follows.
  private static let count = 128

  /// Called by all ranks.
  init(_ communicator: Communicator, _ place: RankPlace) throws {
    self.communicator = communicator
    self.place = place
    leaders = try communicator.split(
      color: place.isFirstOfNode ? 0 : 1, key: communicator.rank)
  }

  /// Half the median round trip in seconds for each node but rank 0's, on rank 0; nothing elsewhere.
  ///
  /// Called by all ranks. Those that are not concerned sleep, so that they do not take the cores of
  /// those that are.
  func measure() throws -> [(node: Int, seconds: Double)] {
    var latencies: [(node: Int, seconds: Double)] = []
    for node in 1..<max(place.nodes, 1) {
      if communicator.isRoot {
        latencies.append((node, try ask(node)))
      } else if place.isFirstOfNode && place.node == node {
        try answer()
      }
      try communicator.sleepUntilAllArrive()
    }
    return latencies
  }

  private func ask(_ node: Int) throws -> Double {
    var message = [Double](repeating: 1, count: Self.count)
    var seconds: [Double] = []
    let end = MonotonicClock.seconds() + Self.longest
    var turn = 0
    while message[0] == 1 {
      turn += 1
      let start = MonotonicClock.seconds()
      message[0] = turn < Self.warmUps + Self.roundTrips && start < end ? 1 : 0
      try leaders.send(message, to: node)
      _ = try leaders.receive(Double.self, count: Self.count, from: node)
      if turn > Self.warmUps || message[0] == 0 {
        seconds.append((MonotonicClock.seconds() - start) / 2)
      }
    }
    return SampleStatistics.median(seconds) ?? 0
  }

  private func answer() throws {
    var message: [Double]
    repeat {
      message = try leaders.receive(Double.self, count: Self.count, from: 0)
      try leaders.send(message, to: 0)
    } while message[0] == 1
  }
}

extension Communicator {
  /// Waits for all ranks, and leaves the core to others meanwhile, which `barrier()` may not do.
  func sleepUntilAllArrive() throws {
    let value = UnsafeMutableBufferPointer<Int>.allocate(capacity: 1)
    value.initialize(repeating: 0)
    defer { value.deallocate() }
    let request = try startAllReduce(inPlace: value, .max)
    while try !request.test() { usleep(1000) }
  }
}
