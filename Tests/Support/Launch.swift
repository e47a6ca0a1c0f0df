import Foundation

/// One start of a program, with standard output and standard error redirected to files.
struct Launch: Sendable {
  let command: [String]
  let environment: [String: String]
  let directory: String?
  let timeout: Double

  /// Seconds from SIGTERM, sent at the timeout, to SIGKILL.
  private static let gracePeriod = 5.0

  /// Starts the program, waits for its end and kills all processes that it left running.
  func run() async throws -> ProcessResult {
    // A pipe can fill up, and its reader would wait for every process that keeps it open. A file
    // has neither problem.
    let output = try TemporaryDirectory()
    let clock = ContinuousClock()
    let start = clock.now
    let offspring = Offspring()
    let process = try spawn(
      mark: offspring.mark, stdout: output.path("stdout"), stderr: output.path("stderr"))

    var timedOut = false
    var growth: [ProcessResult.Growth] = []
    var status: Int32 = 0
    while waitpid(process, &status, WNOHANG) == 0 {
      let elapsed = (clock.now - start) / .seconds(1)
      if !timedOut, elapsed > timeout {
        // SIGTERM comes first, because mpirun then removes its files in shared memory.
        timedOut = true
        kill(process, SIGTERM)
      } else if elapsed > timeout + Self.gracePeriod {
        offspring.killAll()
      }
      let size = size(of: output.path("stdout"))
      if size > growth.last?.bytes ?? 0 {
        growth.append(.init(bytes: size, seconds: (clock.now - start) / .seconds(1)))
      }
      // A cancelled test continues to wait, because its program has a time limit anyway.
      try? await Task.sleep(for: .milliseconds(5))
    }
    let seconds = (clock.now - start) / .seconds(1)
    offspring.killAll()

    return ProcessResult(
      exitCode: Self.exitCode(status), stdout: try text(output.path("stdout")),
      stderr: try text(output.path("stderr")), seconds: seconds, timedOut: timedOut, growth: growth)
  }

  private func size(of path: String) -> Int {
    var information = stat()
    return stat(path, &information) == 0 ? Int(information.st_size) : 0
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path)), as: UTF8.self)
  }

  private static func exitCode(_ status: Int32) -> Int32 {
    let signal = status & 0x7f
    return signal == 0 ? (status >> 8) & 0xff : 128 + signal
  }

  private func spawn(mark: String, stdout: String, stderr: String) throws -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    let flags = O_WRONLY | O_CREAT | O_TRUNC
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, stdout, flags, 0o600)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, stderr, flags, 0o600)

    // The threads that run tests block signals. A program would inherit that and miss SIGTERM.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var noSignals = sigset_t()
    sigemptyset(&noSignals)
    posix_spawnattr_setsigmask(&attributes, &noSignals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))

    var words = command
    if let directory {
      guard FileManager.default.fileExists(atPath: directory) else {
        throw LaunchError(description: "there is no directory \(directory)")
      }
      // env replaces itself by the program, so the process started here is the program.
      words = ["env", "--chdir=\(directory)"] + words
    }

    var environment = environment
    environment[Offspring.variable] = mark
    var process: pid_t = 0
    let code = withCStrings(words) { arguments in
      withCStrings(environment.map { "\($0)=\($1)" }) { variables in
        posix_spawnp(&process, words[0], &actions, &attributes, arguments, variables)
      }
    }
    guard code == 0 else {
      throw LaunchError(
        description: "cannot start \(words[0]): \(String(cString: strerror(code)))")
    }
    return process
  }
}

/// Calls `body` with `strings` as a C array that ends with a null pointer.
private func withCStrings<Result>(
  _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
  let pointers = strings.map { strdup($0) } + [nil]
  defer { pointers.forEach { free($0) } }
  return pointers.withUnsafeBufferPointer { buffer in
    guard let base = buffer.baseAddress else { preconditionFailure("an array without elements") }
    return body(base)
  }
}
