import Foundation
import MessagePassing
import Statistics
import SystemSupport

/// Measures the latency of a small message between rank 0's host and each other host.
struct LatencyProbe {
  private let communicator: Communicator
  private let place: RankPlace
  /// On the first rank of each node, the communicator of these ranks, in the order of nodes.
  ///
  /// On other ranks it is not used.
  private let leaders: Communicator

  private static let (warmUps, roundTrips, maxSeconds) = (10, 200, 0.5)
  /// The numbers in a message of 1 KiB; the first is 1 if another message follows, else 0.
  private static let count = 128

  /// Called by all ranks.
  init(_ communicator: Communicator, _ place: RankPlace) throws {
    self.communicator = communicator
    self.place = place
    leaders = try communicator.split(
      color: place.isFirstOfNode ? 0 : 1, key: communicator.rank)
  }

  /// Returns, on rank 0, half the median round-trip time to each other node; empty on other ranks.
  ///
  /// Called by all ranks. Ranks that do not take part in a measurement sleep, so that they do not
  /// use the cores of the ranks that do.
  func measure() throws -> [(node: Int, seconds: Double)] {
    var latencies: [(node: Int, seconds: Double)] = []
    for node in 1..<max(place.nodes, 1) {
      if communicator.isRoot {
        latencies.append((node, try latency(to: node)))
      } else if place.isFirstOfNode && place.node == node {
        try answerMessages()
      }
      try communicator.sleepUntilAllArrive()
    }
    return latencies
  }

  private func latency(to node: Int) throws -> Double {
    var message = [Double](repeating: 1, count: Self.count)
    var seconds: [Double] = []
    let end = MonotonicClock.seconds() + Self.maxSeconds
    var sent = 0
    while message[0] == 1 {
      sent += 1
      let start = MonotonicClock.seconds()
      message[0] = sent < Self.warmUps + Self.roundTrips && start < end ? 1 : 0
      try leaders.send(message, to: node)
      _ = try leaders.receive(Double.self, count: Self.count, from: node)
      if sent > Self.warmUps || message[0] == 0 {
        seconds.append((MonotonicClock.seconds() - start) / 2)
      }
    }
    return SampleStatistics.median(seconds) ?? 0
  }

  private func answerMessages() throws {
    var message: [Double]
    repeat {
      message = try leaders.receive(Double.self, count: Self.count, from: 0)
      try leaders.send(message, to: 0)
    } while message[0] == 1
  }
}

extension Communicator {
  /// Waits for all ranks and sleeps meanwhile, whereas `barrier()` may keep the core busy.
  func sleepUntilAllArrive() throws {
    let value = UnsafeMutableBufferPointer<Int>.allocate(capacity: 1)
    value.initialize(repeating: 0)
    defer { value.deallocate() }
    let request = try startAllReduce(inPlace: value, .max)
    while try !request.test() { usleep(1000) }
  }
}
