import MessagePassing
import NeuralNetwork
import SystemSupport

/// The reproducible all-reduce: every rank adds all ranks' sums for a range of its own, in the order of
/// the tree, and gives the result to all; every rank then repeats the whole update.
///
/// As many bytes travel as in an all-reduce where each rank's leaves make one sum (2, 4, 8 ranks of 8
/// leaves); elsewhere a rank sends several sums.
final class TreeSync: GradientSync {
  let replica: Replica
  let synchronisationPoints = 1
  private let communicator: Communicator
  /// For each rank the range of a set, totals included, that it adds up.
  private let ranges: [Range<Int>]
  /// This rank's part of that.
  private let own: UnsafeMutableBufferPointer<Float>
  /// What arrives, for each round the other ranks' sums one after the other.
  private let parts: UnsafeMutableBufferPointer<Float>
  /// For each round the ranks that have so many sums, and where in `parts` theirs begin.
  private let rounds: [(senders: Set<Int>, parts: Range<Int>)]
  private let sum: GradientSum

  /// Numbers added at a time, so that the sums stay in the first-level cache.
  private static let blockSize = 2048

  init(communicator: Communicator, count: Int, statesPerParameter: Int, cut: LeafCut) {
    self.communicator = communicator
    let rank = communicator.rank
    let replica = Replica(
      count: count, statesPerParameter: statesPerParameter, sets: cut.share(of: rank).sums.count)
    self.replica = replica
    let ranges = (0..<communicator.size).map {
      Replica.messageRange(NodeSync.range($0, of: communicator.size, count: count))
    }
    self.ranges = ranges
    let length = ranges[rank].count
    let foreign = cut.sums.filter { $0.rank != rank }
    let parts = UnsafeMutableBufferPointer<Float>.allocate(capacity: foreign.count * length)
    parts.initialize(repeating: 0)
    self.parts = parts
    own = UnsafeMutableBufferPointer(rebasing: replica.set(0)[ranges[rank]])

    var rounds: [(senders: Set<Int>, parts: Range<Int>)] = []
    var sources: [(node: SumTree.Node, source: UnsafePointer<Float>)] = []
    var place = 0
    for round in 0..<(cut.sums.map(\.set).max() ?? 0) + 1 {
      let first = place
      let sums = cut.sums.filter { $0.set == round }
      for sum in sums {
        let memory =
          sum.rank == rank
          ? replica.set(round)[ranges[rank]] : parts[place..<(place + length)]
        if sum.rank != rank { place += length }
        guard let base = UnsafeBufferPointer(rebasing: memory).baseAddress else { continue }
        sources.append((sum.node, base))
      }
      rounds.append((Set(sums.map(\.rank)), first..<place))
    }
    self.rounds = rounds
    sum = GradientSum(cut.tree, of: sources)
  }

  deinit { parts.deallocate() }

  func finish(_ update: StepUpdate, timeline: inout StepTimeline) throws {
    if communicator.size > 1 {
      for (round, exchange) in rounds.enumerated() {
        try communicator.exchange(
          round < replica.setCount ? replica.set(round) : nil, ranges: ranges,
          senders: exchange.senders,
          into: UnsafeMutableBufferPointer(rebasing: parts[exchange.parts]))
      }
      addUp()
      try communicator.allGather(inPlace: replica.set(0), ranges: ranges)
    }
    timeline.recordSynchronisation(arrival: update.arrival, end: MonotonicClock.seconds())
    guard let gradients = replica.gradients.baseAddress else { return }
    update(0..<replica.count, from: [UnsafePointer(gradients)])
  }

  /// Replaces this rank's range of its first set by the sum of all.
  private func addUp() {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sum.depth * Self.blockSize) { stack in
      guard let stack = stack.baseAddress, let own = own.baseAddress else { return }
      let length = self.own.count
      for start in stride(from: 0, to: length, by: Self.blockSize) {
        let count = min(Self.blockSize, length - start)
        sum.evaluate(from: start, count: count, stack: stack)
        (own + start).update(from: stack, count: count)
      }
    }
  }
}
