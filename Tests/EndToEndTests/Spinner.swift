import Foundation

/// A program that keeps one core busy until it is ended, or has had a minute of it.
final class Spinner {
  private static let script = "ulimit -t 60; while :; do :; done"
  /// What it looks like among the processes of the system.
  static let command = "sh -c \(script)"

  private let started = Process()

  var process: Int32 { started.processIdentifier }

  init(core: Int) throws {
    // env, taskset, sh: each replaces itself by the next, so that this process is the one that
    // computes.
    started.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    started.arguments = ["taskset", "-c", "\(core)", "sh", "-c", Self.script]
    try started.run()
  }

  func end() {
    kill(process, SIGKILL)
    started.waitUntilExit()
  }
}
