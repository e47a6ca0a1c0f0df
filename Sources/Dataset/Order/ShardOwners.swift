/// The owner rank of each virtual shard, and the local indices of the shard's samples on that rank.
///
/// A rank stores its shards in ascending order, and the samples of each shard in ascending order.
public struct ShardOwners: Equatable, Sendable {
  public let shards: VirtualShards
  /// Number of ranks.
  public let ranks: Int
  /// The owner of each virtual shard.
  public let rankOfShard: [Int]
  /// The local index of each virtual shard's first sample on its owner.
  public let firstLocalIndex: [Int]
  /// Number of samples of each rank.
  public let samplesOfRank: [Int]

  /// Assigns each shard to the rank in `0..<ranks` that `rule` returns for it.
  public init(shards: VirtualShards, ranks: Int, rule: (_ shard: Int) -> Int) {
    self.shards = shards
    self.ranks = ranks
    rankOfShard = (0..<shards.count).map(rule)
    var used = [Int](repeating: 0, count: ranks)
    var first = [Int](repeating: 0, count: shards.count)
    for (shard, rank) in rankOfShard.enumerated() {
      precondition((0..<ranks).contains(rank), "shard \(shard) given to rank \(rank) of \(ranks)")
      first[shard] = used[rank]
      used[rank] += shards.size(of: shard)
    }
    firstLocalIndex = first
    samplesOfRank = used
  }

  /// Returns the default assignment: shard `s` belongs to rank `s mod ranks`.
  public static func roundRobin(shards: VirtualShards, ranks: Int) -> ShardOwners {
    ShardOwners(shards: shards, ranks: ranks) { $0 % ranks }
  }

  /// The rank that owns `sample`.
  public func rank(of sample: Int) -> Int { rankOfShard[sample % shards.count] }

  /// The index of `sample` in the memory of its owner.
  public func localIndex(of sample: Int) -> Int {
    firstLocalIndex[sample % shards.count] + sample / shards.count
  }

  /// Number of samples of each rank among `samples`.
  public func counts(of samples: Range<Int>) -> [Int] {
    var counts = [Int](repeating: 0, count: ranks)
    for sample in samples { counts[rank(of: sample)] += 1 }
    return counts
  }

  /// Calls `body` with the global index of each sample of `rank`, in the order of local indices.
  public func forEachSample(of rank: Int, _ body: (_ sample: Int) throws -> Void) rethrows {
    for shard in 0..<shards.count where rankOfShard[shard] == rank {
      for sample in stride(from: shard, to: shards.samples, by: shards.count) { try body(sample) }
    }
  }
}
