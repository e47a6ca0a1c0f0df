internal import CMPI
public import MPILaunchers

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#elseif canImport(Darwin)
  internal import Darwin
#endif

/// The initialisation and finalisation of MPI in a process, as one scope.
public enum Environment {
  /// The exit code of a program that ends with an error (`EX_SOFTWARE` of sysexits.h).
  public static let failureExitCode: Int32 = 70

  /// Runs `body` between initialisation and finalisation of MPI, and returns the exit code.
  ///
  /// All ranks call it, once per process. `body` receives the communicator of all ranks. The code
  /// that it returns is returned after finalisation; the ranks must have agreed on it.
  ///
  /// When `body` throws, only this rank has the error, and the others may be waiting for this rank
  /// in a collective. The rank therefore writes one line
  /// `<program>: rank R of N on HOST: <error>` to standard error and aborts all ranks with
  /// ``failureExitCode``, without finalisation. When the launcher belongs to another MPI, one
  /// process prints one line about it, and all processes return ``failureExitCode``.
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
        try finalize(world, exitCode: failureExitCode)
        return refuse(program, problem, launch)
      }
      let exitCode = try body(world)
      try finalize(world, exitCode: exitCode)
      return exitCode
    } catch {
      StandardError.writeLine(
        "\(program): rank \(world.rank) of \(world.size) on \(world.processorName): \(error)")
      world.abort(code: failureExitCode)
    }
  }

  /// The name and version of the MPI library, for example `Open MPI 4.1.4`.
  ///
  /// It may be read at any time, also before ``run(program:threadLevel:_:)``.
  public static var libraryVersion: String { shortVersion(of: libraryText) }

  /// The family of the MPI library, and so of the launcher that starts its ranks.
  public static var family: MPIFamily { MPIFamily(library: libraryVersion) }

  /// The whole text of the MPI library about its version and build.
  static var libraryText: String {
    libraryString(capacity: cmpi_max_library_version_string()) {
      MPI_Get_library_version($0, $1)
    } ?? "unknown MPI"
  }

  /// Whether the library can send from and receive into GPU memory; nil if that is not known.
  ///
  /// The value comes from `MPIX_Query_cuda_support`, an extension of Open MPI that is looked up in
  /// the running program; nil means that the function does not exist. It may be read at any time.
  public static var isCUDAAware: Bool? {
    guard let symbol = dlsym(nil, "MPIX_Query_cuda_support") else { return nil }
    typealias Query = @convention(c) () -> Int32
    return unsafeBitCast(symbol, to: Query.self)() == 1
  }

  /// Shortens the string of `MPI_Get_library_version` to a name and a version.
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
      // Without a launcher, Open MPI would start a daemon that only MPI_Comm_spawn needs. That
      // takes a quarter of a second.
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

  /// Prints `problem` on one of the launcher's processes and returns the exit code.
  private static func refuse(
    _ program: String, _ problem: String, _ launch: LaunchEnvironment
  ) -> Int32 {
    launch.onProbableRoot { StandardError.writeLine("\(program): \(problem)") }
    return failureExitCode
  }
}
