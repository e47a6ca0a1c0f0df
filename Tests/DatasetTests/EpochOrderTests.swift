import CounterRandom
import Dataset
import Hashing
import TestSupport
import Testing

/// The order of samples: equal to the independent implementation, and valid for any constants.
struct EpochOrderTests {
  @Test func equalsTheIndependentImplementation() throws {
    let facts = try OracleFacts.read()
    #expect(facts.orders.count >= 6)
    for expected in facts.orders {
      let shards = VirtualShards(count: expected.virtualShards, samples: expected.samples)
      let order = EpochOrder(seed: facts.seed, epoch: expected.epoch, shards: shards).globalOrder()
      #expect(Array(order.prefix(expected.first.count)) == expected.first)
      let bytes = order.flatMap { sample in
        withUnsafeBytes(of: Int32(sample).littleEndian) { Array($0) }
      }
      #expect(SHA256.hex(of: bytes) == expected.sha256OfAllAsInt32)
    }
  }

  @Test func drawsEqualTheIndependentImplementation() throws {
    for expected in try OracleFacts.read().draws {
      let stream = RandomStream(seed: expected.seed, name: expected.stream)
      #expect(expected.draws.indices.map { stream.word($0) } == expected.draws)
    }
  }

  @Test(arguments: [60_000, 1234, 500, 7], [1, 7, 840])
  func holdsEverySampleOnce(samples: Int, shards: Int) {
    let order = EpochOrder(
      seed: 3, epoch: 2, shards: VirtualShards(count: shards, samples: samples)
    ).globalOrder()
    #expect(order.sorted() == Array(0..<samples))
    #expect(samples == 7 || order != Array(0..<samples))
  }

  @Test func oneSamplePerShardGivesTheWalkItself() {
    let order = EpochOrder(seed: 1, epoch: 1, shards: VirtualShards(count: 96, samples: 96))
    #expect(order.globalOrder() == (0..<96).map { (order.multiplier * $0 + order.offset) % 96 })
  }

  @Test func epochsAndSeedsDiffer() {
    let shards = VirtualShards(samples: 2000)
    let first = EpochOrder(seed: 1, epoch: 1, shards: shards).globalOrder()
    #expect(EpochOrder(seed: 1, epoch: 1, shards: shards).globalOrder() == first)
    #expect(EpochOrder(seed: 1, epoch: 2, shards: shards).globalOrder() != first)
    #expect(EpochOrder(seed: 2, epoch: 1, shards: shards).globalOrder() != first)
    #expect(EpochOrder(seed: 1 << 32 + 1, epoch: 1, shards: shards).globalOrder() != first)
  }

  /// The shuffle of a shard depends on the epoch and on the shard.
  @Test func shardsAreShuffledAnewEachEpoch() {
    let shards = VirtualShards(samples: 60_000)
    let orders = (1...3).map { EpochOrder(seed: 1, epoch: $0, shards: shards) }
    #expect(Set(orders.map { $0.shuffledOrdinals(of: 5) }).count == 3)
    #expect(orders[0].shuffledOrdinals(of: 5) != orders[0].shuffledOrdinals(of: 6))
  }
}
