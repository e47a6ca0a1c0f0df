/// One execution of the program: its start, command and number of ranks.
public struct Run: Codable, Equatable, Sendable {
  /// A random identifier; its first eight hexadecimal digits end the file's name.
  public var id: String
  /// ISO 8601 in UTC, such as `2026-11-23T18:15:00Z`.
  public var startedAt: String
  /// The program and its arguments, without the launcher.
  public var command: [String]
  public var ranks: Int
  public var nodes: Int
  /// What started the ranks: `mpirun`, `srun` or `none`.
  public var launcher: String
  /// The command of this launcher where it is not `mpirun`, such as `mpirun.mpich`; else nil.
  public var launcherCommand: String?

  /// All fields at once.
  public init(
    id: String, startedAt: String, command: [String], ranks: Int, nodes: Int, launcher: String,
    launcherCommand: String? = nil
  ) {
    self.id = id
    self.startedAt = startedAt
    self.command = command
    self.ranks = ranks
    self.nodes = nodes
    self.launcher = launcher
    self.launcherCommand = launcherCommand
  }
}
