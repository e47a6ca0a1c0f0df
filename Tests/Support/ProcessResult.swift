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

  /// The size of standard output at an instant since the start.
  struct Growth: Sendable {
    let bytes: Int
    let seconds: Double
  }

  /// How standard output grew, looked at every few milliseconds.
  let growth: [Growth]

  /// The lines of standard error that begin with `program` and a colon: ours, not the launcher's.
  ///
  /// Without warnings: tests run more ranks than there are cores, and a run says so.
  public func errorLines(of program: String) -> [String] {
    lines(of: program).filter { !$0.hasPrefix("\(program): warning: ") }
  }

  /// The lines of standard error that are warnings of `program`.
  public func warningLines(of program: String) -> [String] {
    lines(of: program).filter { $0.hasPrefix("\(program): warning: ") }
  }

  private func lines(of program: String) -> [String] {
    stderr.split(whereSeparator: \.isNewline).map(String.init)
      .filter { $0.hasPrefix("\(program):") }
  }

  /// One text for a failed expectation: how it ended and all that it wrote.
  public var report: String {
    let end = timedOut ? "killed after \(seconds) s (it hung)" : "exit code \(exitCode)"
    return "\(end)\n--- stderr\n\(stderr)\n--- stdout\n\(stdout)"
  }

  /// When the first line with this beginning was seen from outside, in seconds since the start.
  public func secondsUntil(line beginning: String) -> Double? {
    guard let found = stdout.range(of: beginning) else { return nil }
    let bytes = stdout[..<found.upperBound].utf8.count
    return growth.first { $0.bytes >= bytes }?.seconds ?? seconds
  }
}
