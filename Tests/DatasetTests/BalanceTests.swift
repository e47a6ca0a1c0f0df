import Dataset
import Testing

/// The balance of local batches over ranks: the guaranteed balance, and measured bounds elsewhere.
struct BalanceTests {
  /// Sizes of the local batches: `[rank][batch]`.
  private func sizes(
    samples: Int, ranks: Int, batch: Int, seed: UInt64, epoch: Int = 1
  ) -> [[Int]] {
    let shards = VirtualShards(samples: samples)
    let order = EpochOrder(seed: seed, epoch: epoch, shards: shards)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: ranks)
    return (0..<ranks).map { rank in
      let local = LocalBatches(order: order, owners: owners, rank: rank, batchSize: batch)
      return (0..<local.count).map { local.range(of: $0).count }
    }
  }

  private func spread(_ values: [Int]) -> Int { (values.max() ?? 0) - (values.min() ?? 0) }

  /// The multiplier is coprime to 840, so consecutive positions visit all ranks in turn.
  @Test(arguments: (1...48).filter { 840 % $0 == 0 }, LocalBatchesTests.batchSizes)
  func differByOneAtMostWhereTheRankCountDivides840(ranks: Int, batch: Int) {
    for seed in [1, 2] as [UInt64] {
      let sizes = sizes(samples: 60_000, ranks: ranks, batch: batch, seed: seed)
      // The last round has 60000 mod 840 = 360 samples, and skips shards.
      for number in 0..<((60_000 - 360) / batch) {
        #expect(spread(sizes.map { $0[number] }) <= 1)
      }
    }
  }

  /// 840 shards of 71 or 72 samples: 93 or 94 shards a rank on 9 ranks, 17 or 18 on 48.
  @Test(arguments: [(9, 1), (48, 1)]) func epochTotalsFollowTheNumberOfShards(
    ranks: Int, difference: Int
  ) {
    let owners = ShardOwners.roundRobin(shards: VirtualShards(samples: 60_000), ranks: ranks)
    let shards = (0..<ranks).map { rank in owners.rankOfShard.filter { $0 == rank }.count }
    #expect(spread(shards) == difference)
    #expect(owners.samplesOfRank.reduce(0, +) == 60_000)
    for (count, samples) in zip(shards, owners.samplesOfRank) {
      #expect((71 * count...72 * count).contains(samples))
    }
  }

  /// The imbalance (max/mean) of local batches over 20 seeds: the worst batch and the mean.
  ///
  /// Measured: 1.69 and 1.22; 1.16 and 1.06; 2.25 and 1.94; 2.06 and 1.26. An even division has
  /// 1.13, 1.02, 1.50 and 1.13. Single multipliers are worse: 3.1 for 9 ranks and batches of 64.
  @Test(arguments: [
    (9, 64, 1.7, 1.25), (9, 256, 1.2, 1.1), (48, 64, 2.3, 2.0), (48, 256, 2.1, 1.3),
  ])
  func imbalanceStaysWithinWhatWasMeasured(
    ranks: Int, batch: Int, worstBound: Double, meanBound: Double
  ) {
    var (worst, sum, count) = (0.0, 0.0, 0)
    for seed in 1...20 {
      let sizes = sizes(samples: 16_800, ranks: ranks, batch: batch, seed: UInt64(seed))
      for number in 0..<(16_800 / batch) {
        let largest = sizes.map { $0[number] }.max() ?? 0
        let imbalance = Double(largest * ranks) / Double(batch)
        worst = max(worst, imbalance)
        sum += imbalance
        count += 1
      }
    }
    #expect(worst <= worstBound)
    #expect(sum / Double(count) <= meanBound)
  }

  /// The remedy: a number of virtual shards that the rank count divides.
  @Test(arguments: [9, 16, 48]) func virtualShardsThatTheRankCountDividesBalance(ranks: Int) {
    let shards = VirtualShards(count: 5040, samples: 60_480)
    let order = EpochOrder(seed: 1, epoch: 1, shards: shards)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: ranks)
    let batches = (0..<ranks).map {
      LocalBatches(order: order, owners: owners, rank: $0, batchSize: 64)
    }
    for number in 0..<batches[0].count {
      #expect(spread(batches.map { $0.range(of: number).count }) <= 1)
    }
  }
}
