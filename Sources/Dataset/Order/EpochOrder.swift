import CounterRandom

/// The order of all samples in one epoch, as a function of (seed, epoch, virtual shards).
///
/// The order does not depend on the rank count. Every virtual shard is shuffled with the stream
/// `epoch/E/shard/S`. The samples are then taken by a walk over the `V` shards: step `q` of the
/// walk takes the next sample of shard `(a * q + c) mod V`. The multiplier `a` (coprime to `V`) and
/// the offset `c` are draws of the stream `epoch/E`. A round is `V` steps. Shard sizes differ by at
/// most one sample, so only the last round skips shards.
public struct EpochOrder: Sendable {
  public let seed: UInt64
  /// The epoch's number, from 1.
  public let epoch: Int
  public let shards: VirtualShards
  /// The multiplier `a` of the walk.
  public let multiplier: Int
  /// The offset `c` of the walk.
  public let offset: Int

  /// Makes the order of epoch `epoch` (from 1).
  public init(seed: UInt64, epoch: Int, shards: VirtualShards) {
    self.seed = seed
    self.epoch = epoch
    self.shards = shards
    let stream = RandomStream(seed: seed, name: "epoch/\(epoch)")
    let coprimes = (1...shards.count).filter { Self.greatestCommonDivisor($0, shards.count) == 1 }
    multiplier = coprimes[stream.integer(0, below: coprimes.count)]
    offset = stream.integer(1, below: shards.count)
  }

  /// Returns the shuffled content of `shard` as ordinals; ordinal `k` is sample `shard + k * V`.
  public func shuffledOrdinals(of shard: Int) -> [Int] {
    var ordinals = Array(0..<shards.size(of: shard))
    RandomStream(seed: seed, name: "epoch/\(epoch)/shard/\(shard)").shuffle(&ordinals)
    return ordinals
  }

  /// Calls `body` for every position of the epoch in order, with the shard and round at it.
  ///
  /// The sample at the position has the ordinal `shuffledOrdinals(of: shard)[round]`.
  public func forEachPosition(_ body: (_ position: Int, _ shard: Int, _ round: Int) -> Void) {
    let walk = (0..<shards.count).map { (multiplier * $0 + offset) % shards.count }
    var position = 0
    var round = 0
    while position < shards.samples {
      for shard in walk {
        guard shard + round * shards.count < shards.samples else { continue }
        body(position, shard, round)
        position += 1
      }
      round += 1
    }
  }

  /// Returns the global indices of all samples in the order of the epoch.
  public func globalOrder() -> [Int] {
    let ordinals = (0..<shards.count).map { shuffledOrdinals(of: $0) }
    var order: [Int] = []
    order.reserveCapacity(shards.samples)
    forEachPosition { _, shard, round in
      order.append(shard + ordinals[shard][round] * shards.count)
    }
    return order
  }

  private static func greatestCommonDivisor(_ first: Int, _ second: Int) -> Int {
    second == 0 ? first : greatestCommonDivisor(second, first % second)
  }
}
