/// Facts that one rank reports about itself before a run.
public struct RankReport: Codable, Equatable, Sendable {
  public var rank: Int
  /// Index of the rank's node.
  public var node: Int
  /// The cores that the rank may use, in ascending order.
  public var cores: [Int]
  public var threads: Int
  /// The device: `cpu`, or a string that identifies one GPU and begins with `cuda`.
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
