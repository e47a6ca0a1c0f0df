import Foundation
import Subprocess
import Synchronization

/// A command that runs as the leader of its own process group, so that a signal reaches all of it.
public enum ChildProcess {
  /// How a command ended.
  public struct Ending: Equatable, Sendable {
    /// The exit code, or 128 and the number of the signal that ended it.
    public let exitCode: Int32
    /// Standard output and standard error together.
    public let output: String

    /// An ending with this exit code and output.
    public init(exitCode: Int32, output: String) {
      self.exitCode = exitCode
      self.output = output
    }

    /// The line of the output that says most: the program's own error, else the launcher's words.
    ///
    /// Open MPI's mpirun ends with its reason. Hydra has it in its first line, which names its
    /// process, or as the exit string of a rank, with advice behind it.
    public var reason: String {
      let lines = output.split(whereSeparator: \.isNewline).map(String.init)
      let own = lines.first { $0.hasPrefix("mnist-mpi: ") && !$0.hasPrefix("mnist-mpi: warning") }
      let hydra =
        lines.first { $0.contains("TERMINATED WITH THE EXIT STRING: ") }
        ?? lines.first { $0.hasPrefix("[mpiexec@") || $0.hasPrefix("[proxy:") }
      return own ?? hydra ?? lines.last { $0.contains(where: \.isLetter) } ?? "no output"
    }
  }

  /// Output of a run beyond this number of bytes is an error.
  private static let outputLimit = 16 << 20

  /// Runs a command and waits for its end.
  ///
  /// - Parameters:
  ///   - words: the command and its arguments; no shell reads them. A command without a slash is
  ///     looked up on PATH.
  ///   - environment: variables that are added to those of this process.
  ///   - onStart: receives the process group.
  /// - Throws: `StudyError` if the command cannot be started.
  public static func run(
    _ words: [String], environment: [String: String] = [:],
    onStart: @escaping @Sendable (pid_t) -> Void
  ) throws(StudyError) -> Ending {
    let waiting = Waiting()
    Task.detached { waiting.finish(await start(words, environment, onStart)) }
    return try waiting.result().get()
  }

  /// Lets a thread wait for the result of a task.
  private final class Waiting: Sendable {
    private let ending = Mutex<Result<Ending, StudyError>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    func finish(_ result: Result<Ending, StudyError>) {
      ending.withLock { $0 = result }
      done.signal()
    }

    func result() -> Result<Ending, StudyError> {
      done.wait()
      return ending.withLock { $0 } ?? .failure(StudyError("a command ended without a result"))
    }
  }

  private static func start(
    _ words: [String], _ environment: [String: String], _ onStart: @Sendable (pid_t) -> Void
  ) async -> Result<Ending, StudyError> {
    var options = PlatformOptions()
    options.processGroupID = 0
    var variables: [Environment.Key: String?] = [:]
    for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
    do {
      let result = try await Subprocess.run(
        words[0].contains("/") ? .path(.init(words[0])) : .name(words[0]),
        arguments: Arguments(Array(words.dropFirst())),
        environment: .inherit.updating(variables), platformOptions: options, input: .none,
        output: .string(limit: outputLimit), error: .combinedWithOutput
      ) { execution in
        onStart(execution.processIdentifier.value)
      }
      let code: Int32 =
        switch result.terminationStatus {
        case .exited(let code): code
        case .signaled(let signal): 128 + signal
        }
      return .success(Ending(exitCode: code, output: result.standardOutput))
    } catch {
      return .failure(StudyError("\(words.joined(separator: " ")): cannot be run: \(error)"))
    }
  }

  /// Ends a process group: SIGTERM, and SIGKILL if it is still there after `patience` seconds.
  ///
  /// mpirun forwards the first to its ranks on all hosts and needs some seconds for that.
  public static func end(group: pid_t, patience: Double = 8) {
    guard group > 1, kill(-group, SIGTERM) == 0 else { return }
    let last = Date().addingTimeInterval(patience)
    while kill(-group, 0) == 0 {
      if Date() > last {
        _ = kill(-group, SIGKILL)
        return
      }
      usleep(50_000)
    }
  }
}
