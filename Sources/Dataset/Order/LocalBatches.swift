/// One rank's part of every global batch of an epoch, as indices into the rank's own samples.
public struct LocalBatches: Sendable {
  /// The local indices of the rank's samples of the epoch, batch after batch.
  public private(set) var indices: [Int32]
  /// The position in the epoch of each of `indices`.
  public let positions: [Int32]
  /// Where each batch starts in `indices`; one entry more than there are batches.
  public let starts: [Int]
  /// The size of each global batch; only the last one may be smaller than the others.
  public let globalSizes: [Int]

  /// Number of global batches: the same on every rank.
  public var count: Int { globalSizes.count }

  /// Divides `order` into global batches of `batchSize` samples and keeps the samples of `rank`.
  ///
  /// A local batch may be empty; the rank still takes part in the step.
  /// - Parameter isKept: returns whether a shard of the rank is kept; by default all are.
  public init(
    order: EpochOrder, owners: ShardOwners, rank: Int, batchSize: Int,
    keeping isKept: (_ shard: Int) -> Bool = { _ in true }
  ) {
    precondition(batchSize > 0, "batch size \(batchSize)")
    precondition(owners.shards == order.shards, "owners of other shards than the order's")
    let shards = order.shards
    // Local indices of the samples of all kept shards: shard after shard, each in shuffled order.
    var samples: [Int32] = []
    // The index in `samples` at which each shard begins; nil for a shard that is not kept.
    let firsts = (0..<shards.count).map { shard -> Int? in
      guard owners.rankOfShard[shard] == rank && isKept(shard) else { return nil }
      let local = owners.firstLocalIndex[shard]
      samples += order.shuffledOrdinals(of: shard).lazy.map { Int32(local + $0) }
      return samples.count - shards.size(of: shard)
    }
    var indices: [Int32] = []
    var positions: [Int32] = []
    indices.reserveCapacity(samples.count)
    positions.reserveCapacity(samples.count)
    var starts: [Int] = []
    var nextStart = 0
    order.forEachPosition { position, shard, round in
      if position == nextStart {
        starts.append(indices.count)
        nextStart += batchSize
      }
      if let first = firsts[shard] {
        indices.append(samples[first + round])
        positions.append(Int32(position))
      }
    }
    globalSizes = (0..<starts.count).map { min(batchSize, shards.samples - $0 * batchSize) }
    starts.append(indices.count)
    self.indices = indices
    self.positions = positions
    self.starts = starts
  }

  /// The range of `indices` that is batch `batch`.
  public func range(of batch: Int) -> Range<Int> { starts[batch]..<starts[batch + 1] }

  /// The largest local batch.
  public var largest: Int { (0..<count).map { range(of: $0).count }.max() ?? 0 }

  /// Swaps the sample at `index` in `indices` with the next one.
  ///
  /// The index is taken modulo `indices.count - 1`.
  public mutating func swapSamples(at index: Int) {
    guard indices.count > 1 else { return }
    let index = index % (indices.count - 1)
    indices.swapAt(index, index + 1)
  }
}
