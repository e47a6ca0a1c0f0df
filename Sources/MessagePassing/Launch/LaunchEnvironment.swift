internal import MPILaunchers

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The variables that a launcher set for this process, interpreted before MPI is initialised.
///
/// The reliable rank and size come from MPI. This type determines only what is needed before
/// initialisation: whether MPI would create a separate world of size 1 in each of several
/// processes, and which process prints that error.
public struct LaunchEnvironment: Sendable {
  private let variables: [String: String]

  /// Makes a value from environment variables; variables that do not concern launchers are ignored.
  ///
  /// In an allocation of SLURM, Hydra starts its helpers by srun, and the ranks inherit variables that
  /// describe a helper (its step, and its rank for PMIx). They are ignored too. Only Hydra sets
  /// `MPI_LOCALNRANKS`.
  public init(_ variables: [String: String]) {
    let isHydra = variables["MPI_LOCALNRANKS"] != nil
    self.variables = variables.filter { name, _ in
      !isHydra || !(name.hasPrefix("PMIX_") || name.hasPrefix("SLURM_"))
    }
  }

  /// The environment of this process.
  public static var current: LaunchEnvironment {
    var variables: [String: String] = [:]
    for name in namesOfInterest {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return LaunchEnvironment(variables)
  }

  /// The rank that the launcher reports, 0 without a launcher.
  ///
  /// It is reliable enough to choose the process that prints.
  public var probableRank: Int {
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"] {
      if let rank = number(name) { return rank }
    }
    return 0
  }

  /// The number of processes that the launcher reports, 1 without a launcher.
  public var probableSize: Int {
    for name in ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "SLURM_STEP_NUM_TASKS"] {
      if let size = number(name) { return size }
    }
    return 1
  }

  /// Whether an MPI launcher (mpirun, mpiexec, or srun with PMIx or PMI) started this process.
  public var mpirunIsPresent: Bool {
    ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_SIZE"].contains { variables[$0] != nil }
  }

  /// Whether Hydra, the launcher of MPICH, started this process.
  public var isHydra: Bool { variables["MPI_LOCALNRANKS"] != nil }

  /// The name of the launcher for messages and records: `mpirun`, `srun` or `none`.
  public var launcherName: String {
    guard mpirunIsPresent else { return "none" }
    guard variables["SLURM_STEP_NUM_TASKS"] != nil else { return "mpirun" }
    return variables["PMIX_RANK"] != nil || variables["PMI_SIZE"] != nil ? "srun" : "mpirun"
  }

  /// A launcher under which each process would initialise MPI alone, and a command that works.
  public struct ForeignLauncher: Equatable, Sendable {
    /// The reason why the program cannot start with this launcher, in one line.
    public let problem: String
    /// A command that starts the program correctly.
    public let remedy: String
  }

  /// Detects a launcher that a program built with `library` does not support; nil if there is none.
  ///
  /// With such a launcher, the program would be alone in each of several processes. To be called
  /// before MPI is initialised, as ``Environment/run(program:threadLevel:_:)`` does. `SLURM_NTASKS`
  /// is ignored, because it is also set for a single process within an allocation. Only programs
  /// built with Open MPI are checked. MPICH can be built for PMI and for PMIx, so only the size that
  /// it reports after initialisation shows the error, which `Environment.run` prints.
  /// - Parameters:
  ///   - words: the program and its arguments, for the remedy.
  ///   - mpirun: the command that starts ranks of `library`; nil means the one found in PATH.
  public func foreignLauncher(
    library: String = Environment.libraryVersion, words: [String] = CommandLine.arguments,
    mpirun: String? = nil
  ) -> ForeignLauncher? {
    guard MPIFamily(library: library) == .openMPI else { return nil }
    if variables["OMPI_COMM_WORLD_SIZE"] != nil || variables["PMIX_RANK"] != nil { return nil }
    guard let launch = launchedProcesses, launch.count > 1 else { return nil }
    return ForeignLauncher(
      problem: "\(launch.starter) started \(launch.count) processes, but this program is built "
        + "with \(library) and would be alone in each of them",
      remedy: command(starting: launch.count, library, words, mpirun))
  }

  /// What started the processes, and their number; nil if no launcher reports it.
  private var launchedProcesses: (starter: String, count: Int)? {
    if let size = number("OMPI_COMM_WORLD_SIZE") { return ("mpirun", size) }
    if let tasks = number("SLURM_STEP_NUM_TASKS") { return ("srun", tasks) }
    return number("PMI_SIZE").map { ("the launcher of another MPI (PMI)", $0) }
  }

  /// The command that starts `count` ranks of a program that is built with `library`.
  private func command(
    starting count: Int, _ library: String, _ words: [String], _ mpirun: String?
  ) -> String {
    let family = MPIFamily(library: library)
    let program = Self.commandText(words)
    guard number("SLURM_STEP_NUM_TASKS") != nil, variables["OMPI_COMM_WORLD_SIZE"] == nil
    else { return "\(mpirun ?? LauncherCommand.name(of: family)) -np \(count) \(program)" }
    let nodes = number("SLURM_STEP_NUM_NODES") ?? 1
    return "srun \(LauncherOptions(family).srunInterface) "
      + (nodes > 1 ? "-N \(nodes) " : "") + "-n \(count) \(program)"
  }

  /// Returns the result of ``foreignLauncher(library:words:)`` as one line, or nil.
  public func foreignLauncherProblem(
    library: String = Environment.libraryVersion, words: [String] = CommandLine.arguments,
    mpirun: String? = nil
  ) -> String? {
    foreignLauncher(library: library, words: words, mpirun: mpirun).map {
      "\($0.problem); start it with: \($0.remedy)"
    }
  }

  /// Returns `words` as a shell command, or only the first word if any word needs quotes.
  private static func commandText(_ words: [String]) -> String {
    let needQuotes = words.contains { word in
      word.isEmpty || word.contains { !$0.isLetter && !$0.isNumber && !"%+,-./:=@_".contains($0) }
    }
    return needQuotes ? "\(words.first ?? "") ..." : words.joined(separator: " ")
  }

  /// Calls `body` on the process with ``probableRank`` 0 only; for use where MPI is unavailable.
  public func onProbableRoot(_ body: () -> Void) {
    if probableRank == 0 {
      body()
    } else {
      // A launcher may kill all processes when the first one ends. The delay lets the process that
      // prints end first.
      usleep(500_000)
    }
  }

  /// Returns one line if the launcher and the initialised MPI library report different sizes.
  ///
  /// - Parameters:
  ///   - size: the size that the library reports.
  ///   - words: the program and its arguments, for the remedy.
  ///   - mpirun: the command that starts ranks of `library`; nil means the one found in PATH.
  public func sizeProblem(
    size: Int, library: String, words: [String] = CommandLine.arguments, mpirun: String? = nil
  ) -> String? {
    guard let launch = launchedProcesses, launch.count != size else { return nil }
    // Only a size of 1 shows that the ranks did not find each other: a job of SLURM with several
    // components has more ranks than this step has tasks.
    guard launch.starter != "srun" || size == 1 else { return nil }
    return "\(launch.starter) started \(launch.count) processes, but \(library), with which this "
      + "program is built, reports \(size): start it with: "
      + command(starting: launch.count, library, words, mpirun)
  }

  private func number(_ name: String) -> Int? {
    variables[name].flatMap { Int($0) }
  }

  private static let namesOfInterest = [
    "MPI_LOCALNRANKS", "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK",
    "PMI_SIZE",
    "SLURM_PROCID", "SLURM_STEP_NUM_NODES", "SLURM_STEP_NUM_TASKS",
  ]
}
