#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// What the environment variables of a process say about its launcher, before MPI is initialised.
///
/// The truth about rank and size comes from MPI. This is for the little that must be known before:
/// whether initialising would give a world of one in each of several processes, and who prints
/// that.
public struct LaunchEnvironment: Sendable {
  private let variables: [String: String]

  /// Makes a value from environment variables; those of no interest are ignored.
  public init(_ variables: [String: String]) {
    self.variables = variables
  }

  /// The environment of this process.
  public static var current: LaunchEnvironment {
    var variables: [String: String] = [:]
    for name in namesOfInterest {
      if let value = getenv(name) { variables[name] = String(cString: value) }
    }
    return LaunchEnvironment(variables)
  }

  /// The rank as the launcher tells it (0 without one): good enough to choose who prints.
  public var probableRank: Int {
    for name in ["OMPI_COMM_WORLD_RANK", "PMIX_RANK", "PMI_RANK", "SLURM_PROCID"] {
      if let rank = number(name) { return rank }
    }
    return 0
  }

  /// The number of processes as the launcher tells it (1 without one).
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

  /// What started this process, for people and records.
  public var launcherName: String {
    if variables["OMPI_COMM_WORLD_SIZE"] != nil && variables["SLURM_STEP_NUM_TASKS"] == nil {
      return "mpirun"
    }
    if variables["SLURM_STEP_NUM_TASKS"] != nil && variables["PMIX_RANK"] != nil { return "srun" }
    return mpirunIsPresent ? "mpirun" : "none"
  }

  /// A launcher whose processes would not find each other, and the command that mends it.
  public struct ForeignLauncher: Equatable, Sendable {
    /// Why the program cannot start like this, in one line.
    public let problem: String
    /// A command that starts it.
    public let remedy: String
  }

  /// Finds out whether a program built with `library` would be alone in each of the launcher's
  /// processes; nil when nothing speaks for that.
  ///
  /// Call it before MPI is initialised (``Environment/run(program:threadLevel:_:)`` does).
  /// `SLURM_NTASKS` is not looked at: it is also set for a single process within an allocation.
  /// Only Open MPI is judged, others understand PMI.
  /// - Parameter words: the program and its arguments, for the remedy.
  public func foreignLauncher(
    library: String = Environment.libraryVersion, words: [String] = CommandLine.arguments
  ) -> ForeignLauncher? {
    guard library.hasPrefix("Open MPI") else { return nil }
    if variables["OMPI_COMM_WORLD_SIZE"] != nil || variables["PMIX_RANK"] != nil { return nil }

    let problem: String
    let start: String
    if let tasks = number("SLURM_STEP_NUM_TASKS"), tasks > 1 {
      problem = "srun says \(tasks) processes"
      let nodes = number("SLURM_STEP_NUM_NODES") ?? 1
      start = "srun --mpi=pmix " + (nodes > 1 ? "-N \(nodes) " : "") + "-n \(tasks)"
    } else if let size = number("PMI_SIZE"), size > 1 {
      problem = "the launcher of another MPI (PMI) says \(size) processes"
      start = "mpirun -np \(size)"
    } else {
      return nil
    }
    return ForeignLauncher(
      problem: "\(problem), but this program is built with \(library) and would be alone in each "
        + "of them",
      remedy: "\(start) \(Self.commandText(words))")
  }

  /// Says what ``foreignLauncher(library:words:)`` finds in one line, or returns nil.
  public func foreignLauncherProblem(
    library: String = Environment.libraryVersion, words: [String] = CommandLine.arguments
  ) -> String? {
    foreignLauncher(library: library, words: words).map {
      "\($0.problem); start it with: \($0.remedy)"
    }
  }

  /// Words as they can be typed; only the first if others would have to be quoted.
  private static func commandText(_ words: [String]) -> String {
    let needQuotes = words.contains { word in
      word.isEmpty || word.contains { !$0.isLetter && !$0.isNumber && !"%+,-./:=@_".contains($0) }
    }
    return needQuotes ? "\(words.first ?? "") ..." : words.joined(separator: " ")
  }

  /// Does `body` on the one process that the launcher calls the first, where MPI cannot be asked.
  public func onProbableRoot(_ body: () -> Void) {
    if probableRank == 0 {
      body()
    } else {
      // A launcher may kill all processes when the first one ends: let the one that prints be it.
      usleep(500_000)
    }
  }

  /// Says in one line that Open MPI's mpirun and the MPI library disagree about the number of
  /// processes, or returns nil when they agree.
  func sizeProblem(size: Int, library: String) -> String? {
    guard let processes = number("OMPI_COMM_WORLD_SIZE"), processes != size else { return nil }
    return "mpirun says \(processes) processes, but \(library), with which this program is built, "
      + "says \(size): start it with the mpirun of \(library)"
  }

  private func number(_ name: String) -> Int? {
    variables[name].flatMap { Int($0) }
  }

  private static let namesOfInterest = [
    "OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK", "PMI_SIZE",
    "SLURM_PROCID", "SLURM_STEP_NUM_NODES", "SLURM_STEP_NUM_TASKS",
  ]
}
