internal import CMPI

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The life of MPI in a process: from initialisation to finalisation as one scope.
public enum Environment {
  /// The exit code of a program that ends with an error (`EX_SOFTWARE` of sysexits.h).
  public static let failureExitCode: Int32 = 70

  /// Initialises MPI, calls `body` with the communicator of all ranks, finalises MPI and returns
  /// the exit code for the process.
  ///
  /// All ranks call it, once in the life of the process. The code that `body` returns is returned
  /// after a clean finalisation: the ranks must have agreed on it. When `body` throws, this rank
  /// alone knows of the error and the others may wait for it in a collective: the rank writes one
  /// line `<program>: rank R of N on HOST: <error>` to standard error and aborts all ranks with
  /// ``failureExitCode``, without finalising. When the launcher belongs to another MPI, one line
  /// says so and the result is ``failureExitCode`` on all of its processes.
  public static func run(
    program: String, threadLevel: ThreadLevel = .funneled,
    _ body: (Communicator) throws -> Int32
  ) -> Int32 {
    let launch = LaunchEnvironment.current
    if let problem = launch.foreignLauncherProblem() {
      return refuse(program, problem, launch)
    }
    let world: Communicator
    do {
      world = try initialize(threadLevel)
    } catch {
      StandardError.writeLine("\(program): \(error)")
      return failureExitCode
    }
    do {
      if let problem = launch.sizeProblem(size: world.size, library: libraryVersion) {
        try check(MPI_Finalize(), "MPI_Finalize")
        return refuse(program, problem, launch)
      }
      let exitCode = try body(world)
      try check(MPI_Finalize(), "MPI_Finalize")
      return exitCode
    } catch {
      StandardError.writeLine(
        "\(program): rank \(world.rank) of \(world.size) on \(world.processorName): \(error)")
      world.abort(code: failureExitCode)
    }
  }

  /// Returns the name and version of the MPI library, for example `Open MPI 4.1.4`.
  ///
  /// May be asked at any time, also before ``run(program:threadLevel:_:)``.
  public static var libraryVersion: String {
    let text = libraryString(capacity: cmpi_max_library_version_string()) {
      MPI_Get_library_version($0, $1)
    }
    return shortVersion(of: text ?? "unknown MPI")
  }

  /// Whether the library can send from and receive into a GPU's memory; nil if it does not say.
  ///
  /// Asked by `MPIX_Query_cuda_support`, an extension of Open MPI that is looked up in the running
  /// program. May be asked at any time.
  public static var isCUDAAware: Bool? {
    guard let symbol = dlsym(nil, "MPIX_Query_cuda_support") else { return nil }
    typealias Query = @convention(c) () -> Int32
    return unsafeBitCast(symbol, to: Query.self)() == 1
  }

  /// Shortens the text of `MPI_Get_library_version` to a name and a version.
  package static func shortVersion(of text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    let head = line.split(separator: ",").first ?? ""
    var words = head.split(whereSeparator: \.isWhitespace).map(String.init)
    words.removeAll { $0 == "Version:" }
    if let last = words.last, last.hasPrefix("v"), last.dropFirst().first?.isNumber == true {
      words[words.count - 1] = String(last.dropFirst())
    }
    return words.joined(separator: " ")
  }

  private static func initialize(_ level: ThreadLevel) throws -> Communicator {
    var already: Int32 = 0
    try check(MPI_Initialized(&already), "MPI_Initialized")
    precondition(already == 0, "Environment.run is called once in the life of a process")

    if !LaunchEnvironment.current.mpirunIsPresent {
      // A process on its own starts a daemon for the sake of spawning others: a quarter of a second.
      setenv("OMPI_MCA_ess_singleton_isolated", "1", 0)
    }
    var provided: Int32 = 0
    try check(MPI_Init_thread(nil, nil, level.constant, &provided), "MPI_Init_thread")
    guard provided >= level.constant else {
      throw MPIError(
        call: "MPI_Init_thread", code: provided,
        text: "\(libraryVersion) does not offer the thread level '\(level)'")
    }
    return try Communicator(handle: cmpi_comm_world(), ownership: .borrowed)
  }

  /// Says why the program does not start, on one process of the launcher's.
  private static func refuse(
    _ program: String, _ problem: String, _ launch: LaunchEnvironment
  ) -> Int32 {
    launch.onProbableRoot { StandardError.writeLine("\(program): \(problem)") }
    return failureExitCode
  }
}
