import TestSupport

/// A program that keeps one core busy as long as another program runs.
enum Spinner {
  private static let script = "while :; do :; done"
  /// Its command line in the list of processes.
  static let command = "sh -c \(script)"

  /// The words to put before a command, so that the spinner runs while the command runs.
  ///
  /// The spinner's process id is written to standard error.
  static func prefix(core: Int) -> [String] {
    [
      "sh", "-c",
      "taskset -c \(core) sh -c '\(script)' & echo spinner $! >&2; "
        + "\"$@\"; code=$?; kill $!; exit $code", "sh",
    ]
  }

  /// The spinner's process id in the output of a run.
  static func process(of result: ProcessResult) -> Int? {
    result.stderr.split(separator: "\n").first { $0.hasPrefix("spinner ") }
      .flatMap { Int($0.dropFirst(8)) }
  }
}
