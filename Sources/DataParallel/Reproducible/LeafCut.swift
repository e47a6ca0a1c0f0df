import Dataset
public import NeuralNetwork

/// The division of every global batch into leaves, for results independent of the rank count.
///
/// It determines the leaf of each sample, the rank that computes each leaf, and the order in which
/// all leaves are added. With L leaves, virtual shard s belongs to leaf s mod L, and leaf l to rank
/// l mod size. If the size divides L, a rank has the same samples as in the fast mode.
public struct LeafCut: Equatable, Sendable {
  /// The default number of leaves.
  public static let standardCount = 8

  public let leaves: Int
  public let ranks: Int
  /// The order in which gradients, losses and counts of the leaves are added.
  public let tree: SumTree

  /// A division into `leaves` leaves for `ranks` ranks, with at least one leaf per rank.
  public init(leaves: Int, ranks: Int) {
    precondition(leaves >= ranks && ranks > 0, "\(leaves) leaves for \(ranks) ranks")
    self.leaves = leaves
    self.ranks = ranks
    tree = SumTree(leafCount: leaves)
  }

  /// The leaf of a virtual shard.
  func leaf(ofShard shard: Int) -> Int { shard % leaves }

  /// The leaves that a rank computes.
  public func share(of rank: Int) -> LeafShare {
    LeafShare(stride(from: rank, to: leaves, by: ranks), of: tree)
  }

  /// The owner of each of `shards`: the rank of its leaf.
  func owners(of shards: VirtualShards) -> ShardOwners {
    ShardOwners(shards: shards, ranks: ranks) { leaf(ofShard: $0) % ranks }
  }

  /// The owners of the test set, which has one shard per leaf.
  func testOwners(samples: Int) -> ShardOwners {
    owners(of: VirtualShards(count: leaves, samples: samples))
  }

  /// The partial sums of all ranks, in rank order, each with its rank and the index of its set.
  var sums: [(node: SumTree.Node, rank: Int, set: Int)] {
    (0..<ranks).flatMap { rank in
      share(of: rank).sums.enumerated().map { ($1, rank, $0) }
    }
  }

  /// The largest number of leaves of a rank over the mean number.
  public var imbalance: Double {
    Double((leaves + ranks - 1) / ranks) * Double(ranks) / Double(leaves)
  }

  /// Number of threads without a leaf, over all ranks with `threads` threads each.
  public func idleWorkers(threads: Int) -> Int {
    (0..<ranks).reduce(0) { $0 + max(0, threads - share(of: $1).leaves.count) }
  }
}
