import TextTables

/// How the runs of a study are started.
public struct LaunchSettings: Codable, Equatable, Sendable {
  /// Words of a launcher that replaces mpirun, with `{ranks}` and `{threads}`; empty for mpirun.
  public var launcher: [String]
  /// A host file for mpirun.
  public var hostfile: String?
  /// Whether more ranks than cores are allowed.
  public var oversubscribe: Bool

  /// All fields at once.
  public init(launcher: [String] = [], hostfile: String? = nil, oversubscribe: Bool = false) {
    self.launcher = launcher
    self.hostfile = hostfile
    self.oversubscribe = oversubscribe
  }

  /// The words that start a program on the ranks of a configuration, without a shell.
  ///
  /// - Parameters:
  ///   - slots: ranks that fit on the hosts, a core for each thread; nil if it is not known.
  ///   - program: the program and its arguments.
  public func command(
    ranks: Int, threads: Int, slots: RankSlots?, program: [String]
  ) -> [String] {
    guard launcher.isEmpty else {
      return launcher.map {
        $0.replacing("{ranks}", with: "\(ranks)").replacing("{threads}", with: "\(threads)")
      } + program
    }
    let fits = slots?.fits(ranks: ranks, threads: threads) ?? true
    var words = ["mpirun", "-np", "\(ranks)"]
    if let hostfile { words += ["--hostfile", hostfile] }
    if !fits {
      words += ["--oversubscribe", "--bind-to", "none"]
    } else if threads > 1 {
      words += ["--map-by", "slot:PE=\(threads)", "--bind-to", "core"]
    } else {
      words += ["--bind-to", "core"]
    }
    return words + program
  }

  /// Refuses configurations that do not fit on the hosts, unless more ranks than cores are allowed.
  ///
  /// A launcher other than mpirun checks that itself.
  public func check(
    _ configurations: [StudyConfiguration], slots: RankSlots?
  ) throws(StudyError) {
    guard launcher.isEmpty, !oversubscribe, let slots else { return }
    for configuration in configurations
    where !slots.fits(ranks: configuration.ranks, threads: configuration.threads) {
      throw StudyError(
        "--ranks \(configuration.ranks) with "
          + "\(NumberText.count(configuration.threads, "thread", "threads")) each: there are "
          + "\(slots.text); start fewer ranks, or add --oversubscribe, and the runs are marked as no "
          + "measurement")
    }
  }

  /// The words of `--launcher`, split at white space; quotes keep a word together.
  ///
  /// - Throws: `StudyError` for a quote without its end, or a launcher without `{ranks}`.
  public static func words(ofLauncher text: String) throws(StudyError) -> [String] {
    var words: [String] = []
    var word: String?
    var quote: Character?
    for character in text {
      if let open = quote {
        if character == open { quote = nil } else { word = (word ?? "") + String(character) }
      } else if character == "'" || character == "\"" {
        quote = character
        word = word ?? ""
      } else if character.isWhitespace {
        if let word { words.append(word) }
        word = nil
      } else {
        word = (word ?? "") + String(character)
      }
    }
    if let word { words.append(word) }
    guard quote == nil else {
      throw StudyError("--launcher \(text): a quote is not closed")
    }
    guard words.contains(where: { $0.contains("{ranks}") }) else {
      throw StudyError(
        "--launcher \(text): expected {ranks} where the number of ranks belongs, such as "
          + "'srun --mpi=pmix -n {ranks}'")
    }
    return words
  }
}
