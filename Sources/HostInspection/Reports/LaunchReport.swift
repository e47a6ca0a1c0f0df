import MPILaunchers

/// How the ranks were started: the facts from which a corrected command line is made.
public struct LaunchReport: Codable, Equatable, Sendable {
  /// `mpirun`, `srun` or `none`.
  public var launcher: String
  /// The family of the MPI library.
  public var family: MPIFamily
  /// The command that starts ranks of this family here: `mpirun`, or such as `mpirun.mpich`.
  public var command: String
  /// The program and its arguments as the user typed them.
  public var words: [String]
  /// Whether the job runs in a SLURM allocation, from which the launcher takes the hosts.
  public var isAllocation: Bool
  public var ranks: Int
  public var nodes: Int
  /// Parameters without which Open MPI notices a lost host only after minutes, and that are not set.
  ///
  /// Nil if that was not inspected; only `doctor` does.
  public var missingKeepalive: [String]?

  /// All fields at once.
  public init(
    launcher: String, family: MPIFamily, command: String, words: [String], isAllocation: Bool,
    ranks: Int, nodes: Int
  ) {
    self.launcher = launcher
    self.family = family
    self.command = command
    self.words = words
    self.isAllocation = isAllocation
    self.ranks = ranks
    self.nodes = nodes
  }
}
