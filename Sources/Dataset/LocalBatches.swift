/// One rank's part of every global batch of an epoch, as indices into the rank's own samples.
public struct LocalBatches: Sendable {
  /// The rank's samples of the epoch, batch after batch.
  public let indices: [Int32]
  /// Where each batch starts in `indices`; one entry more than there are batches.
  public let starts: [Int]
  /// The size of each global batch; only the last one may be smaller than the others.
  public let globalSizes: [Int]

  /// Number of global batches: the same on every rank.
  public var count: Int { globalSizes.count }

  /// Cuts `order` into global batches of `batchSize` samples and keeps what `rank` owns.
  ///
  /// A local batch may be empty: the rank still takes part in the step.
  public init(order: EpochOrder, owners: ShardOwners, rank: Int, batchSize: Int) {
    precondition(batchSize > 0, "batch size \(batchSize)")
    precondition(owners.shards == order.shards, "owners of other shards than the order's")
    let shards = order.shards
    let ordinals = (0..<shards.count).map {
      owners.rankOfShard[$0] == rank ? order.shuffledOrdinals(of: $0) : []
    }
    var indices: [Int32] = []
    indices.reserveCapacity(owners.samplesOfRank[rank])
    var starts: [Int] = []
    order.forEachPosition { position, shard, round in
      if position % batchSize == 0 { starts.append(indices.count) }
      if owners.rankOfShard[shard] == rank {
        indices.append(Int32(owners.firstLocalIndex[shard] + ordinals[shard][round]))
      }
    }
    globalSizes = (0..<starts.count).map { min(batchSize, shards.samples - $0 * batchSize) }
    starts.append(indices.count)
    self.indices = indices
    self.starts = starts
  }

  /// The range of `indices` that is batch `batch`.
  public func range(of batch: Int) -> Range<Int> { starts[batch]..<starts[batch + 1] }

  /// The largest local batch.
  public var largest: Int { (0..<count).map { range(of: $0).count }.max() ?? 0 }
}
