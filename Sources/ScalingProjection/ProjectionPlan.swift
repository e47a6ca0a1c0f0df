public import RunRecords

/// What is projected: kinds of scaling with their batches, rank counts, ranks of a node.
public struct ProjectionPlan: Sendable {
  /// A kind of scaling with its batch.
  public struct Task: Equatable, Sendable {
    public let scaling: Scaling
    /// The global batch under strong scaling, the local batch under weak scaling.
    public let batch: Int

    /// Both fields.
    public init(scaling: Scaling, batch: Int) {
      self.scaling = scaling
      self.batch = batch
    }

    /// Samples of a step on `ranks` ranks.
    func globalBatch(ranks: Int) -> Int { scaling == .strong ? batch : batch * ranks }
  }

  public let tasks: [Task]
  /// The largest number of ranks.
  public let ranks: Int
  public let ranksPerNode: Int
  public let selector: CollectiveSelector

  /// All fields at once.
  public init(
    tasks: [Task], ranks: Int, ranksPerNode: Int, selector: CollectiveSelector
  ) {
    self.tasks = tasks
    self.ranks = ranks
    self.ranksPerNode = ranksPerNode
    self.selector = selector
  }

  /// Powers of two up to the largest number of ranks, and that number.
  public var rankCounts: [Int] {
    var counts: [Int] = []
    var count = 1
    while count < ranks {
      counts.append(count)
      count *= 2
    }
    return counts + [ranks]
  }

  /// Throws a `ProjectionError` if the platform has too few hosts.
  public func check(_ platform: Platform) throws(ProjectionError) {
    let nodes = (ranks + ranksPerNode - 1) / ranksPerNode
    guard nodes > platform.hosts.count else { return }
    throw ProjectionError(
      "\(platform.path): \(platform.hosts.count) hosts, too few for --ranks \(ranks) with "
        + "--ranks-per-node \(ranksPerNode): expected at least \(nodes); give at most "
        + "--ranks \(platform.hosts.count * ranksPerNode), or a larger platform")
  }
}
