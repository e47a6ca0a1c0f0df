import Foundation

/// Starts a built program, under mpirun or alone, as a user would from a clean shell.
///
/// `MNIST_MPI_TEST_PROGRAMS` names a directory of executables to use in place of those beside the
/// tests, and `MNIST_MPI_TEST_LAUNCHER` the mpirun of their MPI: so the same tests run on a build for
/// another MPI library (see `jobs/test.sh`).
public enum MPIRun {
  /// The command that starts ranks.
  public static let launcher =
    ProcessInfo.processInfo.environment["MNIST_MPI_TEST_LAUNCHER"] ?? "mpirun"
  /// Whether this command is the launcher of MPICH.
  public static let isHydra = launcher.contains("mpich") || launcher.contains("hydra")

  /// Returns the exit codes that a launcher may give after it passed a signal on to its ranks, all of
  /// which then end with `code`.
  ///
  /// Hydra (4.0.2) gives theirs or 0, about as often the one as the other.
  public static func codesAfterSignal(_ code: Int32) -> Set<Int32> {
    isHydra ? [code, 0] : [code]
  }

  /// Runs `executable` (of this build) as `ranks` processes under mpirun and waits for its end.
  ///
  /// If `ranks` is nil, the program runs without mpirun. The words of `prefix` precede the command.
  /// Inherited variables of MPI and SLURM are removed and GPUs are hidden; `environment` is added
  /// last. At most two programs run at once. A program that runs longer than `timeout` seconds is
  /// killed with all its processes. Processes that a program leaves running are killed too.
  public static func run(
    _ executable: String, ranks: Int?, arguments: [String] = [], prefix: [String] = [],
    environment: [String: String] = [:], directory: String? = nil, timeout: Double = 60
  ) async throws -> ProcessResult {
    let program = try path(of: executable)
    var command = [program] + arguments
    if let ranks { command = [launcher, "-np", String(ranks)] + command }
    let launch = Launch(
      command: prefix + command, environment: cleanEnvironment(adding: environment),
      directory: directory, timeout: timeout)
    return try await LaunchGate.shared.run { try await launch.run() }
  }

  /// Returns the path of an executable of the build that these tests belong to, or of the other one.
  public static func path(of executable: String) throws -> String {
    if let directory = ProcessInfo.processInfo.environment["MNIST_MPI_TEST_PROGRAMS"] {
      let path = "\(directory)/\(executable)"
      guard FileManager.default.isExecutableFile(atPath: path) else {
        throw LaunchError(description: "\(executable) is not in MNIST_MPI_TEST_PROGRAMS: \(path)")
      }
      return path
    }
    let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    let path = URL(fileURLWithPath: tests).deletingLastPathComponent()
      .appendingPathComponent(executable).path
    guard FileManager.default.isExecutableFile(atPath: path) else {
      throw LaunchError(description: "\(executable) is not beside the tests at \(path)")
    }
    return path
  }

  static func cleanEnvironment(adding extra: [String: String]) -> [String: String] {
    let foreign = ["HYDI_", "MPI_LOCAL", "OMPI_", "PMIX_", "PMI_", "PRTE_", "SLURM_"]
    var environment = ProcessInfo.processInfo.environment.filter { variable in
      !foreign.contains { variable.key.hasPrefix($0) }
    }
    environment.merge(
      [
        "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
        "OMPI_MCA_rmaps_base_oversubscribe": "1", "OMPI_MCA_hwloc_base_binding_policy": "none",
        "OMPI_MCA_mpi_yield_when_idle": "1", "OPENBLAS_NUM_THREADS": "1",
        // After a failure mpirun otherwise waits for two seconds, also if all ranks have ended.
        "OMPI_MCA_odls_base_sigkill_timeout": "0",
        // Tests compute on the CPU unless they request a GPU, on any machine.
        "MNIST_MPI_CUDA": "none",
      ]
    ) { $1 }
    return environment.merging(extra) { $1 }
  }
}

/// A program that could not be started.
public struct LaunchError: Error, CustomStringConvertible {
  public let description: String
}
