/// Starts a script of the repository.
public enum ScriptRun {
  /// Runs the script at `path` (from the repository's root) and waits for its end.
  ///
  /// The environment, the limit on concurrent programs and `timeout` (in seconds) are as for
  /// ``MPIRun``.
  public static func run(
    _ path: String, arguments: [String] = [], timeout: Double = 60
  ) async throws -> ProcessResult {
    let launch = Launch(
      command: ["\(Repository.root)/\(path)"] + arguments,
      environment: MPIRun.cleanEnvironment(adding: [:]), directory: nil, timeout: timeout)
    return try await LaunchGate.shared.run { try await launch.run() }
  }
}
