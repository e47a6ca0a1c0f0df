import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of `train --inject`: a rank that is slowed down on purpose.
@Suite struct DrillTests {
  private static let drill = "slow:rank1:1.5x"

  /// Seconds of a rank in the passes of the network, without those that the drill added.
  private static func computation(_ rank: RankRecord) -> Double {
    rank.phases.load + rank.phases.forward + rank.phases.backward - (rank.injectedSeconds ?? 0)
  }

  /// Rank 1 is slower by half of its computation, and rank 0 waits for it.
  ///
  /// The rank waits actively, so a program that takes its core makes the wait longer, by some
  /// milliseconds of a step. Steps are therefore long, and the test is repeated on a busy machine.
  @Test func aRankIsSlowedDown() async throws {
    let data = try IDXFixture(trainingCount: 1200, testCount: 100).write()
    let arguments = [
      "--data", data.path, "--model", "mlp", "--threads", "1", "--batch-size", "600", "--steps",
      "20",
    ]
    let base = try await Self.record(ranks: 2, arguments, in: data.path("base"))
    #expect(base.record.drill == nil && !base.result.stdout.contains("Drill:"))
    #expect(base.record.ranks.allSatisfy { $0.injectedSeconds == nil })
    var isClear = false
    for trial in 1...6 where !isClear {
      let (record, result) = try await Self.record(
        ranks: 2, arguments + ["--inject", Self.drill], in: data.path("trial\(trial)"))
      #expect(record.drill == Self.drill)
      let start = "Drill: slow:rank1:1.5x: rank 1 computes 1.5 times as long on purpose; "
      #expect(result.stdout.contains(start), "\(result.report)")
      #expect(result.stdout.contains("Drill: slow:rank1:1.5x: not a measurement."))
      // A drill changes times and nothing else.
      #expect(record.result.weightsSHA256 == base.record.result.weightsSHA256)
      #expect(record.ranks[0].injectedSeconds == nil)
      let injected = try #require(record.ranks[1].injectedSeconds)
      let share = injected / Self.computation(record.ranks[1])
      #expect(share > 0.45)
      isClear =
        share < 0.55
        && record.ranks[0].phases.allReduceWait > record.ranks[1].phases.allReduceWait
    }
    #expect(isClear)
  }

  /// A run with a drill never counts: not in the table after the run, in `compare` or in `report`.
  @Test func aDrillIsNoMeasurement() async throws {
    let data = try IDXFixture(trainingCount: 200, testCount: 100, height: 10, width: 10).write()
    let results = data.path("results")
    let arguments = [
      "--data", data.path, "--model", "mlp", "--hidden", "16", "--threads", "1", "--steps", "5",
      "--results", results,
    ]
    _ = try await Program.succeed(ranks: 1, arguments)
    let run = try await Program.succeed(ranks: 2, arguments + ["--inject", Self.drill])
    let words = run.stdout.split(whereSeparator: \.isWhitespace).joined(separator: " ")
    #expect(words.contains("not given (see same work)"), "\(run.report)")
    #expect(words.contains("not a measurement: a drill: slow:rank1:1.5x"))
    for command in ["compare", "report"] {
      let table = try await Program.succeed(ranks: nil, [command, results])
      #expect(table.stdout.contains("not a measurement: a drill: \(Self.drill)"))
      #expect(table.stdout.contains("! does not count: see the notes"), "\(table.report)")
    }
    let path = data.path("report.json")
    _ = try await Program.succeed(ranks: nil, ["report", results, "--json", path])
    let report = try JSONDecoder().decode(
      DecodedReport.self, from: try Data(contentsOf: URL(fileURLWithPath: path)))
    let row = try #require(report.row(ranks: 2))
    #expect(row.drill == Self.drill && row.speedup == nil && row.efficiency == nil)
    #expect(report.runs.filter { $0.validity == "drill" }.count == 1)
  }

  @Test func oneRankAloneIsSlowedDown() async throws {
    let data = try IDXFixture(trainingCount: 200, testCount: 100, height: 10, width: 10).write()
    let (record, _) = try await Self.record(
      ranks: 1,
      [
        "--data", data.path, "--model", "mlp", "--threads", "1", "--steps", "5", "--inject",
        "SLOW:RANK0:3X",
      ], in: data.path("results"))
    #expect(record.drill == "slow:rank0:3x")
    let injected = try #require(record.ranks[0].injectedSeconds)
    // Without load, which has a part outside of the steps.
    let passes = record.ranks[0].phases.forward + record.ranks[0].phases.backward - injected
    #expect(injected > 2 * passes - 1e-9)
  }

  @Test(arguments: [
    "slow:rank9:2x", "slow:rank2:2x", "slow:rank0:0.5x", "slow:rank0:1x", "slow:rank0:101x",
    "slow:rank0:nanx", "slow:rank-1:2x", "slow:rank0:2", "slow:0:2x", "slow:rank0", "hang:x",
    "die:rank0", "die:rank0@step0", "die:rank2@step1", "hang:rank0@50", "nan:rank0@step1:3",
    "corrupt:rank0@step1:x", "burn:rank0@step1",
  ])
  func aBadDrill(value: String) async throws {
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    let result = try await Program.run(
      ranks: 2,
      ["--data", data.path, "--batch-size", "16", "--inject", value, "--results", results])
    #expect(result.exitCode == 64 && !result.timedOut, "\(result.report)")
    let lines = result.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(result.report)")
    #expect(lines.first?.contains("--inject") == true && lines.first?.contains(value) == true)
    let left = (try? FileManager.default.contentsOfDirectory(atPath: results)) ?? []
    #expect(left.isEmpty, "a record was left: \(left)")
  }

  /// The only record of a run, and the run's output.
  private static func record(
    ranks: Int, _ arguments: [String], in results: String
  ) async throws -> (record: RunRecord, result: ProcessResult) {
    let result = try await Program.succeed(ranks: ranks, arguments + ["--results", results])
    let records = try Program.records(in: results)
    #expect(records.count == 1)
    return (try #require(records.first), result)
  }
}
