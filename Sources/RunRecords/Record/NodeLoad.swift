/// How much of a node's cores other programs took while a run trained.
public struct NodeLoad: Codable, Equatable, Sendable {
  /// Index of the node among those of the run.
  public var node: Int
  public var host: String
  /// Time of the cores that the run's ranks may use which went to other programs, or which the
  /// hypervisor took, over all time of these cores: a fraction.
  public var othersShare: Double

  /// All fields at once.
  public init(node: Int, host: String, othersShare: Double) {
    self.node = node
    self.host = host
    self.othersShare = othersShare
  }
}
