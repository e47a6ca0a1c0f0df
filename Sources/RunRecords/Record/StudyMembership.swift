/// The place of a run in a scaling study.
public struct StudyMembership: Codable, Equatable, Sendable {
  /// The study's random name.
  public var study: String
  /// The block, from 1; every block has a run of every configuration.
  public var block: Int
  /// The key of the configuration, such as `cnn-strong-b64-np2-t1-node`.
  public var configuration: String
  /// 1, or 2 for the repetition of a run that failed.
  public var attempt: Int

  /// All fields at once.
  public init(study: String, block: Int, configuration: String, attempt: Int) {
    self.study = study
    self.block = block
    self.configuration = configuration
    self.attempt = attempt
  }
}
