/// The share of a node's cores that other programs used while a run trained.
public struct NodeLoad: Codable, Equatable, Sendable {
  /// Index of the node among those of the run.
  public var node: Int
  public var host: String
  /// The fraction of the core time that other programs used or the hypervisor took.
  ///
  /// Only the cores that the run's ranks may use are considered.
  public var othersShare: Double

  /// All fields at once.
  public init(node: Int, host: String, othersShare: Double) {
    self.node = node
    self.host = host
    self.othersShare = othersShare
  }
}
