/// How the ranks were started, as far as a better command line follows from it.
public struct LaunchReport: Codable, Equatable, Sendable {
  /// `mpirun`, `srun` or `none`.
  public var launcher: String
  /// The program and its arguments as they were typed.
  public var words: [String]
  /// Whether it runs in an allocation of SLURM, whose hosts the launcher knows.
  public var isAllocation: Bool
  public var ranks: Int
  public var nodes: Int

  /// All fields at once.
  public init(launcher: String, words: [String], isAllocation: Bool, ranks: Int, nodes: Int) {
    self.launcher = launcher
    self.words = words
    self.isAllocation = isAllocation
    self.ranks = ranks
    self.nodes = nodes
  }
}
