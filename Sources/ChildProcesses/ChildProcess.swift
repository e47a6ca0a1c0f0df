import Foundation
import Subprocess
import Synchronization

/// A command that this program starts and waits for.
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
  }

  /// Output of a run beyond this number of bytes is an error.
  private static let outputLimit = 16 << 20

  /// Runs a command and waits for its end.
  ///
  /// - Parameters:
  ///   - words: the command and its arguments; no shell reads them. A command without a slash is
  ///     looked up on PATH.
  ///   - environment: variables that are added to those of this process.
  ///   - directory: the working directory; nil for that of this process.
  ///   - ownGroup: whether the command leads a process group of its own, so that a signal of this
  ///     program reaches all of it. Otherwise Ctrl-C in the terminal ends it with this program.
  ///   - onStart: receives the process, which is also the group if that is the command's own.
  /// - Throws: `ChildProcessError` if the command cannot be started.
  public static func run(
    _ words: [String], environment: [String: String] = [:], directory: String? = nil,
    ownGroup: Bool = true, onStart: @escaping @Sendable (pid_t) -> Void = { _ in }
  ) throws(ChildProcessError) -> Ending {
    let waiting = Waiting()
    Task.detached {
      waiting.finish(
        await start(
          words, environment: environment, directory: directory, ownGroup: ownGroup, onStart))
    }
    return try waiting.result().get()
  }

  /// Lets a thread wait for the result of a task.
  private final class Waiting: Sendable {
    private let ending = Mutex<Result<Ending, ChildProcessError>?>(nil)
    private let done = DispatchSemaphore(value: 0)

    func finish(_ result: Result<Ending, ChildProcessError>) {
      ending.withLock { $0 = result }
      done.signal()
    }

    func result() -> Result<Ending, ChildProcessError> {
      done.wait()
      return ending.withLock { $0 }
        ?? .failure(ChildProcessError("a command ended without a result"))
    }
  }

  private static func start(
    _ words: [String], environment: [String: String], directory: String?, ownGroup: Bool,
    _ onStart: @Sendable (pid_t) -> Void
  ) async -> Result<Ending, ChildProcessError> {
    var options = PlatformOptions()
    if ownGroup { options.processGroupID = 0 }
    var variables: [Environment.Key: String?] = [:]
    for (name, value) in environment { variables[Environment.Key(stringLiteral: name)] = value }
    do {
      let result = try await Subprocess.run(
        words[0].contains("/") ? .path(.init(words[0])) : .name(words[0]),
        arguments: Arguments(Array(words.dropFirst())),
        environment: .inherit.updating(variables),
        workingDirectory: directory.map { .init($0) }, platformOptions: options, input: .none,
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
      return .failure(ChildProcessError("\(words.joined(separator: " ")): cannot be run: \(error)"))
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
