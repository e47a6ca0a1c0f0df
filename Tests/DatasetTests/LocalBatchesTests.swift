import Dataset
import Testing

/// The local batches of all ranks together must be the global batches, for any rank count.
struct LocalBatchesTests {
  static let rankCounts = Array(1...9) + [48]
  static let batchSizes = [64, 96, 100, 256]

  /// Returns the global indices of every local batch of `rank`.
  private func batches(_ order: EpochOrder, _ owners: ShardOwners, rank: Int, size: Int) -> [[Int]]
  {
    var samples: [Int] = []
    owners.forEachSample(of: rank) { samples.append($0) }
    #expect(samples.count == owners.samplesOfRank[rank])
    let local = LocalBatches(order: order, owners: owners, rank: rank, batchSize: size)
    #expect(local.largest == (0..<local.count).map { local.range(of: $0).count }.max())
    #expect(local.indices.count == samples.count)
    return (0..<local.count).map { batch in
      local.range(of: batch).map { samples[Int(local.indices[$0])] }
    }
  }

  /// Checks every batch of every rank against the global order, sample by sample and in order.
  private func check(_ order: EpochOrder, _ owners: ShardOwners, size: Int) {
    let shards = order.shards
    let global = order.globalOrder()
    let parts = (0..<owners.ranks).map { batches(order, owners, rank: $0, size: size) }
    let sizes = LocalBatches(order: order, owners: owners, rank: 0, batchSize: size).globalSizes
    #expect(sizes.reduce(0, +) == shards.samples)
    #expect(sizes.dropLast().allSatisfy { $0 == size })
    for (batch, start) in stride(from: 0, to: shards.samples, by: size).enumerated() {
      let expected = global[start..<min(start + size, shards.samples)]
      guard batch < sizes.count, sizes[batch] == expected.count else {
        Issue.record("batch \(batch) is missing or of the wrong size")
        return
      }
      for rank in 0..<owners.ranks {
        let owned = expected.filter { owners.rankOfShard[$0 % shards.count] == rank }
        guard parts[rank].count == sizes.count, parts[rank][batch] == owned else {
          Issue.record("batch \(batch) of rank \(rank) is not its part of the global batch")
          return
        }
      }
    }
  }

  @Test(arguments: [60_000, 1234, 500], rankCounts)
  func makeTheSameGlobalBatchesOnAnyNumberOfRanks(samples: Int, ranks: Int) {
    let shards = VirtualShards(samples: samples)
    let order = EpochOrder(seed: 1, epoch: 2, shards: shards)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: ranks)
    for size in Self.batchSizes { check(order, owners, size: size) }
  }

  @Test(arguments: [1, 2, 3, 5]) func workForASingleShardAndOneShardPerSample(ranks: Int) {
    for shards in [VirtualShards(count: 1, samples: 77), VirtualShards(count: 77, samples: 77)] {
      let order = EpochOrder(seed: 4, epoch: 1, shards: shards)
      check(order, ShardOwners.roundRobin(shards: shards, ranks: ranks), size: 10)
    }
  }

  @Test func followAnyOwnerRule() {
    let shards = VirtualShards(samples: 5000)
    let order = EpochOrder(seed: 1, epoch: 1, shards: shards)
    check(order, ShardOwners(shards: shards, ranks: 4) { $0 / 210 }, size: 96)
    check(order, ShardOwners(shards: shards, ranks: 3) { $0 % 7 == 0 ? 0 : 2 }, size: 96)
  }

  @Test func oneBatchMayHoldMoreThanAnEpoch() {
    let shards = VirtualShards(samples: 500)
    let order = EpochOrder(seed: 1, epoch: 1, shards: shards)
    check(order, ShardOwners.roundRobin(shards: shards, ranks: 3), size: 100_000)
  }
}
