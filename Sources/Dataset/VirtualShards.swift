/// The fixed cut of the training set that makes the order of samples independent of the rank count.
///
/// Sample `i` belongs to virtual shard `i mod count`; shard `s` holds the samples `s`, `s + count`,
/// ... .
public struct VirtualShards: Equatable, Sendable {
  /// The usual count: divisible by every rank count from 1 to 8.
  public static let standardCount = 840

  /// Number of virtual shards: a constant of the work.
  public let count: Int
  /// Number of samples in all shards together.
  public let samples: Int

  /// A cut of `samples` samples into `count` shards; some are empty where `count > samples`.
  public init(count: Int = standardCount, samples: Int) {
    precondition(count > 0 && samples > 0, "\(samples) samples in \(count) virtual shards")
    self.count = count
    self.samples = samples
  }

  /// Number of samples of shard `shard`.
  public func size(of shard: Int) -> Int {
    shard < samples ? (samples - shard - 1) / count + 1 : 0
  }
}
