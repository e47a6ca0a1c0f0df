/// The result of a program: exit code, output and times.
public struct ProcessResult: Sendable {
  /// The exit code; 128 + the signal's number when a signal ended the program.
  public let exitCode: Int32

  public let stdout: String
  public let stderr: String

  /// Seconds from the start of the program to its end.
  public let seconds: Double

  /// Whether the program exceeded its time limit and was killed.
  public let timedOut: Bool

  /// The size of standard output at one instant, in seconds since the start.
  struct Growth: Sendable {
    let bytes: Int
    let seconds: Double
  }

  /// The growth of standard output, sampled every few milliseconds.
  let growth: [Growth]

  /// Returns the lines of standard error that begin with `program` and a colon, without warnings.
  ///
  /// Lines of the launcher are thereby excluded. Warnings are excluded because tests run more ranks
  /// than there are cores, for which a run prints a warning.
  public func errorLines(of program: String) -> [String] {
    lines(of: program).filter { !$0.hasPrefix("\(program): warning: ") }
  }

  /// Returns the lines of standard error that are warnings of `program`.
  public func warningLines(of program: String) -> [String] {
    lines(of: program).filter { $0.hasPrefix("\(program): warning: ") }
  }

  private func lines(of program: String) -> [String] {
    stderr.split(whereSeparator: \.isNewline).map(String.init)
      .filter { $0.hasPrefix("\(program):") }
  }

  /// A description for a failed expectation: how the program ended, and its complete output.
  public var report: String {
    let end = timedOut ? "killed after \(seconds) s (it hung)" : "exit code \(exitCode)"
    return "\(end)\n--- stderr\n\(stderr)\n--- stdout\n\(stdout)"
  }

  /// Returns the time in seconds from the start until a line with this beginning was observed.
  ///
  /// The result is nil where standard output has no such line.
  public func secondsUntil(line beginning: String) -> Double? {
    guard let found = stdout.range(of: beginning) else { return nil }
    let bytes = stdout[..<found.upperBound].utf8.count
    return growth.first { $0.bytes >= bytes }?.seconds ?? seconds
  }
}
