import MessagePassing
import NeuralNetwork
import SystemSupport

/// The exchange method `allreduce` in the reproducible mode: a reduce-scatter and an all-gather.
///
/// Each rank receives the partial sums of all ranks for one range, adds them in the order of the
/// tree, and sends the result to all ranks. Then every rank updates all parameters. The bytes sent
/// are those of an all-reduce if the leaves of each rank form one sum (2, 4 and 8 ranks with 8
/// leaves); otherwise a rank sends several sums.
final class TreeSync: GradientSync {
  let replica: Replica
  let synchronisationPoints = 1
  private let communicator: Communicator
  /// For each rank the range of a set, totals included, that it adds.
  private let ranges: [Range<Int>]
  /// This rank's range of its first set, which receives the sum of all ranks.
  private let result: UnsafeMutableBufferPointer<Float>
  /// Memory for the received sums, round after round, and in rank order within a round.
  private let parts: UnsafeMutableBufferPointer<Float>
  /// One call of `exchange` each: round r exchanges set r of the ranks that have such a set.
  ///
  /// `senders` are these ranks, `parts` is the part of the memory that receives their sums.
  private let rounds: [(senders: Set<Int>, parts: Range<Int>)]
  /// The partial sums of all ranks for this rank's range, in the order of the tree.
  private let sum: GradientSum
  private(set) var isUpdated = true

  /// Numbers added at a time, so that the sums stay in the first-level cache.
  private static let blockSize = 2048

  /// Allocates memory for `count` parameters; all ranks have the same `cut`.
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
    result = UnsafeMutableBufferPointer(rebasing: replica.set(0)[ranges[rank]])

    var rounds: [(senders: Set<Int>, parts: Range<Int>)] = []
    var sources: [(node: SumTree.Node, source: UnsafePointer<Float>)] = []
    var end = 0
    for round in 0..<(cut.sums.map(\.set).max() ?? 0) + 1 {
      let start = end
      let sums = cut.sums.filter { $0.set == round }
      for sum in sums {
        let memory =
          sum.rank == rank
          ? replica.set(round)[ranges[rank]] : parts[end..<(end + length)]
        if sum.rank != rank { end += length }
        guard let base = UnsafeBufferPointer(rebasing: memory).baseAddress else { continue }
        sources.append((sum.node, base))
      }
      rounds.append((Set(sums.map(\.rank)), start..<end))
    }
    self.rounds = rounds
    sum = GradientSum(cut.tree, of: sources)
  }

  deinit { parts.deallocate() }

  func finish(_ update: StepUpdate, arrival: Double, _ timeline: StepTimeline) throws {
    timeline.beginSynchronisation()
    if communicator.size > 1 {
      for (round, exchange) in rounds.enumerated() {
        try communicator.exchange(
          round < replica.setCount ? replica.set(round) : nil, ranges: ranges,
          senders: exchange.senders,
          into: UnsafeMutableBufferPointer(rebasing: parts[exchange.parts]))
      }
      sumOwnRange()
      try communicator.allGather(inPlace: replica.set(0), ranges: ranges)
    }
    timeline.recordSynchronisation(arrival: arrival, end: MonotonicClock.seconds())
    isUpdated = replica.totals.lossSum.isFinite
    guard isUpdated, let gradients = replica.gradients.baseAddress else { return }
    update(0..<replica.count, from: [UnsafePointer(gradients)])
  }

  /// Replaces this rank's range of its first set by the sum over all ranks.
  private func sumOwnRange() {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: sum.depth * Self.blockSize) { stack in
      guard let stack = stack.baseAddress, let target = result.baseAddress else { return }
      let length = result.count
      for start in stride(from: 0, to: length, by: Self.blockSize) {
        let count = min(Self.blockSize, length - start)
        sum.evaluate(from: start, count: count, stack: stack)
        (target + start).update(from: stack, count: count)
      }
    }
  }
}
