/// A run of a study that failed; it has no record.
public struct StudyFailure: Codable, Equatable, Sendable {
  /// The file with its output.
  public var file: String
  /// The key of its configuration.
  public var configuration: String
  public var block: Int
  public var exitCode: Int32
  /// 1, or 2 for the repetition of a run that failed.
  public var attempt: Int

  /// All fields at once.
  public init(file: String, configuration: String, block: Int, exitCode: Int32, attempt: Int) {
    self.file = file
    self.configuration = configuration
    self.block = block
    self.exitCode = exitCode
    self.attempt = attempt
  }
}
