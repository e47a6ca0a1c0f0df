import MPILaunchers
import TextTables

/// How the runs of a study are started.
public struct LaunchSettings: Codable, Equatable, Sendable {
  /// Words of a launcher that replaces mpirun, with `{ranks}` and `{threads}`; empty for mpirun.
  public var launcher: [String]
  /// The command of mpirun where it is not `mpirun`, such as `mpirun.mpich`.
  public var mpirun: String?
  /// The family of the MPI library; nil means Open MPI, as in studies of earlier versions.
  public var family: MPIFamily?
  /// A host file for mpirun.
  public var hostfile: String?
  /// Whether more ranks than cores are allowed.
  public var oversubscribe: Bool

  /// All fields at once.
  public init(
    launcher: [String] = [], mpirun: String? = nil, family: MPIFamily? = nil,
    hostfile: String? = nil, oversubscribe: Bool = false
  ) {
    self.launcher = launcher
    self.mpirun = mpirun
    self.family = family
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
    let options = LauncherOptions(family ?? .openMPI)
    var words = [mpirun ?? "mpirun", "-np", "\(ranks)"]
    if let hostfile { words += ["--hostfile", hostfile] }
    words += fits ? options.bound(threads: threads) : options.oversubscribed + options.unbound
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
