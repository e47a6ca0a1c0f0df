/// What a program left behind.
public struct ProcessResult: Sendable {
  /// The exit code; 128 + the signal's number when a signal ended the program.
  public let exitCode: Int32

  public let stdout: String
  public let stderr: String

  /// Seconds from the start of the program to its end.
  public let seconds: Double

  /// Whether the program ran past its time and was killed.
  public let timedOut: Bool

  /// The lines of standard error that begin with `program` and a colon: ours, not the launcher's.
  public func errorLines(of program: String) -> [String] {
    stderr.split(whereSeparator: \.isNewline).map(String.init)
      .filter { $0.hasPrefix("\(program):") }
  }

  /// One text for a failed expectation: how it ended and all that it wrote.
  public var report: String {
    let end = timedOut ? "killed after \(seconds) s (it hung)" : "exit code \(exitCode)"
    return "\(end)\n--- stderr\n\(stderr)\n--- stdout\n\(stdout)"
  }
}
