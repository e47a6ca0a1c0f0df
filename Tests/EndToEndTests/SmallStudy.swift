import Foundation
import RunRecords
import TestSupport
import Testing

/// A study of a small network on one and two ranks, with its data, in a new directory.
///
/// A run takes about a second, almost all of it to start. Other tests run at the same time, and
/// blocks that other programs disturb are repeated. So a study may have up to twice as many blocks
/// as were planned.
struct SmallStudy {
  /// The configurations of every block: two rank counts, and one rank at the local batch.
  static let configurations = [
    "mlp-local-b32-np1-t1", "mlp-strong-b64-np1-t1-allreduce", "mlp-strong-b64-np2-t1-allreduce",
  ]

  /// Seconds after which a command has hung.
  static let timeout = 400.0

  let directory: TemporaryDirectory
  let repeats: Int
  /// Further options of `study`; `DIR` stands for the directory.
  let options: [String]

  init(repeats: Int, _ options: [String] = ["--oversubscribe"]) throws {
    directory = try IDXFixture(trainingCount: 640, testCount: 100, height: 10, width: 10).write()
    self.repeats = repeats
    self.options = options
  }

  /// The directory of the study.
  var out: String { directory.path("study") }

  /// The arguments of the command.
  var arguments: [String] {
    let words = options.map { $0.replacing("DIR", with: directory.path) }
    return ["study", "--ranks", "1,2", "--model", "mlp", "--repeats", "\(repeats)", "--out", out]
      + words + ["--", "--data", directory.path, "--steps", "30", "--hidden", "16"]
  }

  /// Runs the study, or what is missing of it, and requires success.
  func succeed() async throws -> ProcessResult {
    try await Program.succeed(ranks: nil, arguments, timeout: Self.timeout)
  }

  /// Runs the study, or what is missing of it.
  func run() async throws -> ProcessResult {
    try await Program.run(ranks: nil, arguments, timeout: Self.timeout)
  }

  /// The records of the study so far.
  func records() throws -> [RunRecord] { try Program.records(in: "\(out)/records") }

  /// The report of the study as JSON.
  func report() async throws -> DecodedReport {
    let path = directory.path("report.json")
    let run = try await Program.succeed(ranks: nil, ["report", out, "--json", path])
    #expect(run.stdout.isEmpty && run.stderr.isEmpty, "\(run.report)")
    let data = try Data(contentsOf: URL(fileURLWithPath: path))
    return try JSONDecoder().decode(DecodedReport.self, from: data)
  }

  /// Expects blocks from 1 on, each with one record of every configuration.
  func expectCompleteBlocks(
    of configurations: [String] = SmallStudy.configurations,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let places = try records().compactMap(\.study)
    let blocks = Dictionary(grouping: places, by: \.block)
    for (block, runs) in blocks {
      #expect(
        runs.map(\.configuration).sorted() == configurations, "block \(block)",
        sourceLocation: sourceLocation)
    }
    #expect(blocks.keys.sorted() == Array(1...max(1, blocks.count)), sourceLocation: sourceLocation)
    #expect((repeats...2 * repeats).contains(blocks.count), sourceLocation: sourceLocation)
    #expect(Set(places.map(\.study)).count == 1, sourceLocation: sourceLocation)
  }
}
