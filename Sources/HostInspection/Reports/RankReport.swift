/// What one rank says of itself before a run.
public struct RankReport: Codable, Equatable, Sendable {
  public var rank: Int
  /// Index of its node.
  public var node: Int
  /// The cores that it may use, in ascending order.
  public var cores: [Int]
  public var threads: Int
  /// What it computes on: `cpu`, or a text that names one GPU and begins with `cuda`.
  public var device: String

  /// All fields at once.
  public init(rank: Int, node: Int, cores: [Int], threads: Int, device: String) {
    self.rank = rank
    self.node = node
    self.cores = cores
    self.threads = threads
    self.device = device
  }
}
