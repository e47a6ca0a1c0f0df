import Foundation
import RunRecords
import TestSupport
import Testing

/// The built `mnist-mpi` as a user starts it.
enum Program {
  static func run(
    ranks: Int?, _ arguments: [String], prefix: [String] = [],
    environment: [String: String] = [:], directory: String? = nil, timeout: Double = 120
  ) async throws -> ProcessResult {
    try await MPIRun.run(
      "mnist-mpi", ranks: ranks, arguments: arguments, prefix: prefix, environment: environment,
      directory: directory, timeout: timeout)
  }

  /// Runs and demands success.
  static func succeed(
    ranks: Int?, _ arguments: [String], environment: [String: String] = [:],
    directory: String? = nil, timeout: Double = 120
  ) async throws -> ProcessResult {
    let result = try await run(
      ranks: ranks, arguments, environment: environment, directory: directory, timeout: timeout)
    try #require(result.exitCode == 0 && !result.timedOut, "\(result.report)")
    return result
  }

  /// The records that a results directory holds, sorted by ranks.
  static func records(in directory: String) throws -> [RunRecord] {
    try RecordStore.load(directory: directory).records.map(\.record)
      .sorted { $0.run.ranks < $1.run.ranks }
  }

  /// The losses that a run printed.
  static func losses(_ result: ProcessResult) -> [Double] {
    result.stdout.split(separator: "\n").filter { $0.hasPrefix("Train Epoch:") }
      .compactMap { $0.split(separator: " ").last.flatMap { Double($0) } }
  }
}
