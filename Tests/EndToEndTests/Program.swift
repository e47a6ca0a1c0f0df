import Foundation
import RunRecords
import TestSupport
import Testing

/// Starts the built `mnist-mpi` like a user, and reads its output.
enum Program {
  /// Runs the program; see ``MPIRun/run(_:ranks:arguments:prefix:environment:directory:timeout:)``.
  static func run(
    ranks: Int?, _ arguments: [String], prefix: [String] = [],
    environment: [String: String] = [:], directory: String? = nil, timeout: Double = 120
  ) async throws -> ProcessResult {
    try await MPIRun.run(
      "mnist-mpi", ranks: ranks, arguments: arguments, prefix: prefix, environment: environment,
      directory: directory, timeout: timeout)
  }

  /// Runs the program and requires success.
  static func succeed(
    ranks: Int?, _ arguments: [String], environment: [String: String] = [:],
    directory: String? = nil, timeout: Double = 120
  ) async throws -> ProcessResult {
    let result = try await run(
      ranks: ranks, arguments, environment: environment, directory: directory, timeout: timeout)
    try #require(result.exitCode == 0 && !result.timedOut, "\(result.report)")
    return result
  }

  /// Returns the records of a results directory, sorted by number of ranks.
  static func records(in directory: String) throws -> [RunRecord] {
    try RecordStore.load(directory: directory).records.map(\.record)
      .sorted { $0.run.ranks < $1.run.ranks }
  }

  /// Returns the losses that a run printed.
  static func losses(_ result: ProcessResult) -> [Double] {
    result.stdout.split(separator: "\n").filter { $0.hasPrefix("Train Epoch:") }
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
  }
}
