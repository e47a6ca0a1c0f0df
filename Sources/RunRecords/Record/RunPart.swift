/// One execution of the program out of several that together made a run, each but the first resumed
/// from a checkpoint.
public struct RunPart: Codable, Equatable, Sendable {
  /// ISO 8601 in UTC.
  public var startedAt: String
  public var ranks: Int
  public var nodes: Int
  public var launcher: String
  /// Steps that earlier parts had taken.
  public var firstStep: Int
  /// Steps taken when the part ended or, if a later part repeated some, up to its last checkpoint.
  public var lastStep: Int
  /// Training seconds up to `lastStep`, as measured by rank 0; of the last part those of the slowest
  /// rank.
  public var trainingSeconds: Double
  /// Seconds from process start up to `lastStep`, or to the end of the last part.
  public var totalSeconds: Double
  /// What ended the part: `SIGUSR1`; nil for an end that left no trace, and for the last part.
  public var signal: String?
  /// Conditions that differed from those of the checkpoint, as `--allow-different-bits` permits.
  public var differences: [String]?

  /// All fields at once.
  public init(
    startedAt: String, ranks: Int, nodes: Int, launcher: String, firstStep: Int, lastStep: Int,
    trainingSeconds: Double, totalSeconds: Double, signal: String? = nil,
    differences: [String]? = nil
  ) {
    self.startedAt = startedAt
    self.ranks = ranks
    self.nodes = nodes
    self.launcher = launcher
    self.firstStep = firstStep
    self.lastStep = lastStep
    self.trainingSeconds = trainingSeconds
    self.totalSeconds = totalSeconds
    self.signal = signal
    self.differences = differences
  }
}
