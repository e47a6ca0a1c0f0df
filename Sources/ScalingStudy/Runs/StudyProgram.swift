/// The program whose runs a study measures: this one.
public struct StudyProgram: Sendable {
  /// Where the executable is.
  public let path: String
  public let sha256: String
  /// The revision of its source, for people.
  public let revision: String
  /// Environment variables that the runs get besides those of the study.
  public let environment: [String: String]

  /// All fields at once.
  public init(path: String, sha256: String, revision: String, environment: [String: String]) {
    self.path = path
    self.sha256 = sha256
    self.revision = revision
    self.environment = environment
  }

  /// The options without a drill of a rank that a run does not have: with `--inject slow:rank1:1.5x` the
  /// one-rank runs of a study are the undisturbed baseline.
  package static func options(_ options: [String], ranks: Int) -> [String] {
    var kept: [String] = []
    var words = options.makeIterator()
    while let word = words.next() {
      if word == "--inject", let drill = words.next() {
        if rank(ofDrill: drill) ?? 0 < ranks { kept += [word, drill] }
      } else if word.hasPrefix("--inject=") {
        if rank(ofDrill: String(word.dropFirst(9))) ?? 0 < ranks { kept.append(word) }
      } else {
        kept.append(word)
      }
    }
    return kept
  }

  /// The rank of a drill such as `slow:rank1:1.5x` or `nan:rank1@step5`; nil for a text that is none.
  private static func rank(ofDrill text: String) -> Int? {
    let parts = text.lowercased().split(separator: ":")
    guard parts.count > 1, parts[1].hasPrefix("rank") else { return nil }
    return Int(parts[1].dropFirst(4).prefix { $0 != "@" })
  }

  /// The arguments of `train` for one run.
  ///
  /// - Parameters:
  ///   - steps: nil where the plan's options have the length of the run.
  ///   - membership: `study:block:configuration:attempt`, nil for a calibration.
  func arguments(
    _ configuration: StudyConfiguration, steps: Int?, options: [String], results: String,
    membership: String?
  ) -> [String] {
    var words = [path, "train", "--threads", "\(configuration.threads)"]
    words += ["--model", configuration.model, "--sync", configuration.sync]
    words +=
      configuration.scaling == .weak
      ? ["--batch-size-per-rank", "\(configuration.batch)"]
      : ["--batch-size", "\(configuration.batch)"]
    words += Self.options(options, ranks: configuration.ranks)
    if let steps { words += ["--steps", "\(steps)"] }
    if let membership { words += ["--study-run", membership] }
    return words + ["--results", results]
  }
}
