import TestSupport

/// A program that keeps one core busy as long as another one runs.
enum Spinner {
  private static let script = "while :; do :; done"
  /// What it looks like among the processes of the system.
  static let command = "sh -c \(script)"

  /// What to put before a command, so that the spinner runs beside it.
  ///
  /// Its process id is written to standard error.
  static func prefix(core: Int) -> [String] {
    [
      "sh", "-c",
      "taskset -c \(core) sh -c '\(script)' & echo spinner $! >&2; "
        + "\"$@\"; code=$?; kill $!; exit $code", "sh",
    ]
  }

  /// The process id.
  static func process(of result: ProcessResult) -> Int? {
    result.stderr.split(separator: "\n").first { $0.hasPrefix("spinner ") }
      .flatMap { Int($0.dropFirst(8)) }
  }
}
