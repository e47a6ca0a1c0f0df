import Dataset
public import NeuralNetwork

/// The cut of every global batch into leaves that makes training independent of the rank count: which
/// sample belongs to which leaf, which rank computes which, and how all are added up.
///
/// Virtual shard s belongs to leaf s mod L, leaf l to rank l mod size. Where the size divides L a
/// rank holds the same samples as in the fast mode.
public struct LeafCut: Equatable, Sendable {
  /// The usual number of leaves.
  public static let standardCount = 8

  public let leaves: Int
  public let ranks: Int
  /// The order in which everything is added that comes from several samples.
  public let tree: SumTree

  /// A cut into `leaves` leaves for `ranks` ranks, at least one leaf each.
  public init(leaves: Int, ranks: Int) {
    precondition(leaves >= ranks && ranks > 0, "\(leaves) leaves for \(ranks) ranks")
    self.leaves = leaves
    self.ranks = ranks
    tree = SumTree(leafCount: leaves)
  }

  /// The leaf of a virtual shard.
  func leaf(ofShard shard: Int) -> Int { shard % leaves }

  /// What a rank computes.
  public func share(of rank: Int) -> LeafShare {
    LeafShare(stride(from: rank, to: leaves, by: ranks), of: tree)
  }

  /// Who holds which of `shards`.
  func owners(of shards: VirtualShards) -> ShardOwners {
    ShardOwners(shards: shards, ranks: ranks) { leaf(ofShard: $0) % ranks }
  }

  /// The cut of the test set: one shard a leaf.
  func testOwners(samples: Int) -> ShardOwners {
    owners(of: VirtualShards(count: leaves, samples: samples))
  }

  /// The sums of all ranks, rank after rank: who has it, and as which of its sets.
  var sums: [(node: SumTree.Node, rank: Int, set: Int)] {
    (0..<ranks).flatMap { rank in
      share(of: rank).sums.enumerated().map { ($1, rank, $0) }
    }
  }

  /// Leaves of the busiest rank over those of the mean one.
  public var imbalance: Double {
    Double((leaves + ranks - 1) / ranks) * Double(ranks) / Double(leaves)
  }

  /// Workers without a leaf, of `threads` on each rank.
  public func idleWorkers(threads: Int) -> Int {
    (0..<ranks).reduce(0) { $0 + max(0, threads - share(of: $1).leaves.count) }
  }
}
