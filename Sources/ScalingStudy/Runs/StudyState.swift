import RunRecords

/// What a study keeps in `study.json`, so that it can go on after an interruption.
public struct StudyState: Codable, Equatable, Sendable {
  /// 1, until a key changes its meaning.
  public var format = 1
  /// The random name of the study, which its records have too.
  public var study: String
  public var plan: StudyPlan
  public var launch: LaunchSettings
  /// SHA-256 of the executable that the runs use.
  public var executableSHA256: String
  public var revision: String
  /// Steps of every run of a work, by the work's name; empty before the calibration.
  public var steps: [String: Int] = [:]
  /// Findings of `doctor` before the first block, one line each; nil before it ran.
  public var findings: [String]?

  /// A study that has not run yet.
  public init(
    study: String, plan: StudyPlan, launch: LaunchSettings, executableSHA256: String,
    revision: String
  ) {
    self.study = study
    self.plan = plan
    self.launch = launch
    self.executableSHA256 = executableSHA256
    self.revision = revision
  }

  /// Refuses to go on with another plan or program than the runs that are there.
  func checkResume(from earlier: StudyState, directory: String) throws(StudyError) {
    let advice = "; use another directory with --out"
    guard earlier.plan == plan else {
      throw StudyError(
        "\(directory): holds a study with another plan, which cannot be continued with this one"
          + advice)
    }
    guard earlier.launch == launch else {
      throw StudyError(
        "\(directory): holds a study that was launched with other options (--launcher, --hostfile, "
          + "--oversubscribe)\(advice)")
    }
    guard earlier.executableSHA256 == executableSHA256 else {
      throw StudyError(
        "\(directory): holds runs of another program (revision \(earlier.revision)); their times "
          + "cannot be compared with those of this one\(advice)")
    }
  }
}
