/// A partition of the training set that makes the order of samples independent of the rank count.
///
/// Sample `i` belongs to virtual shard `i mod count`: shard `s` holds the samples `s`, `s + count`,
/// `s + 2 * count` and so on.
public struct VirtualShards: Equatable, Sendable {
  /// The default count, which is divisible by every rank count from 1 to 8.
  public static let standardCount = 840

  /// Number of virtual shards, which is a constant of the work.
  public let count: Int
  /// Number of samples in all shards together.
  public let samples: Int

  /// Divides `samples` samples into `count` shards; some are empty where `count > samples`.
  public init(count: Int = standardCount, samples: Int) {
    precondition(count > 0 && samples > 0, "\(samples) samples in \(count) virtual shards")
    self.count = count
    self.samples = samples
  }

  /// Returns the number of samples of shard `shard`.
  public func size(of shard: Int) -> Int {
    shard < samples ? (samples - shard - 1) / count + 1 : 0
  }
}
