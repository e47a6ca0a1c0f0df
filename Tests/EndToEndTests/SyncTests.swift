import Benchmarks
import Foundation
import TestSupport
import Testing

/// Tests of `--sync`, of the comparison of replicas, and of predictions.
@Suite struct SyncTests {
  private static let small = [
    "--model", "mlp", "--hidden", "16", "--batch-size", "20", "--threads", "1",
  ]

  /// A flipped bit in one rank's parameters ends the run, which leaves no record and no weights.
  ///
  /// With 8 x 8 images, parameters 0 to 1039 are those of fc1; from 1040 on, those of fc2. The
  /// check in step 5 passes, the bit is flipped after step 7, and the check in step 10 finds it.
  @Test(arguments: [
    (2, "corrupt:rank1@step7:1050", "rank 1", "fc2.weight"),
    (4, "corrupt:rank2@step7", "rank 2", "fc1.weight"),
    (4, "corrupt:rank0@step7:1030", "rank 0", "fc1.bias"),
  ])
  func aFlippedBitIsFound(ranks: Int, drill: String, rank: String, tensor: String) async throws {
    let data = try IDXFixture(trainingCount: 400, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    let run = try await Program.run(
      ranks: ranks,
      Self.small + [
        "--data", data.path, "--steps", "12", "--check-replicas", "5", "--inject", drill,
        "--results", results, "--save", data.path("weights"),
      ])
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1)
    let line = try #require(lines.first)
    for part in ["step 10:", "parameters of \(rank) (", "first in \(tensor);", "after step 5;"] {
      #expect(line.contains(part), "\(line)")
    }
    #expect(try Program.records(in: results).isEmpty)
    #expect(!FileManager.default.fileExists(atPath: data.path("weights")))
  }

  /// Without --check-replicas the check at the end of the epoch finds it.
  @Test func replicasAreComparedAfterEveryEpoch() async throws {
    let data = try IDXFixture(trainingCount: 100, testCount: 20, height: 8, width: 8).write()
    let run = try await Program.run(
      ranks: 2,
      Self.small + [
        "--data", data.path, "--epochs", "2", "--inject", "corrupt:rank1@step7:3", "--results",
        data.path("results"),
      ])
    #expect(run.exitCode == 1)
    #expect(run.stderr.contains("step 10: the replicas are no longer equal"))
    #expect(run.stdout.contains("Test Epoch: 1") && !run.stdout.contains("Test Epoch: 2"))
  }

  @Test func autoPrintsItsTrialsAndItsChoice() async throws {
    let data = try IDXFixture(trainingCount: 400, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    let run = try await Program.succeed(
      ranks: 2,
      Self.small + ["--data", data.path, "--epochs", "1", "--sync", "auto", "--results", results])
    let record = try #require(try Program.records(in: results).first)
    let chosen = try #require(record.config.sync)
    let line = try #require(run.stdout.split(separator: "\n").first { $0.hasPrefix("Sync:") })
    #expect(line.hasPrefix("Sync: \(chosen) (tried, a step: \(chosen) "))
    for method in ["allreduce", "node"] { #expect(line.contains("\(method) ")) }
  }

  /// A prediction uses the one-rank record for its speedup, and a later run is compared with it.
  @Test func aPredictionIsComparedWithTheRun() async throws {
    let data = try IDXFixture(trainingCount: 640, testCount: 20, height: 28, width: 28).write()
    let results = data.path("results")
    let work = [
      "--data", data.path, "--model", "fc:32,relu,fc:classes", "--threads", "1", "--epochs", "2",
      "--results", results,
    ]
    _ = try await Program.succeed(ranks: 1, work)
    let bench = try await Program.succeed(
      ranks: 2,
      [
        "bench", "allreduce", "--model", "fc:32,relu,fc:classes", "--threads", "1", "--repeats",
        "3",
        "--results", results, "--json",
      ])
    let report = try JSONDecoder().decode(ExchangeReport.self, from: Data(bench.stdout.utf8))
    #expect(report.ranks == 2 && report.nodes == 1)
    #expect(report.lines.count == 9 * 2 && report.lines.allSatisfy { $0.slowest.count == 3 })
    for line in report.lines {
      #expect(zip(line.slowest, line.fastest).allSatisfy { $0 >= $1 && $1 > 0 })
    }
    #expect(report.transports.contains { $0.hasPrefix("btl/") || $0.hasPrefix("pml/") })
    let prediction = try #require(report.prediction)
    #expect(prediction.methods.map(\.sync) == ["allreduce", "node"])
    #expect(prediction.methods.allSatisfy { $0.computeSeconds > 0 && $0.exchangeSeconds > 0 })
    #expect((prediction.oneRankStepSeconds ?? 0) > 0)

    let run = try await Program.succeed(ranks: 2, work + ["--sync", "node"])
    #expect(run.stdout.contains("\nPredicted: "))
    // A run with another batch has other steps, so there is no prediction for it.
    let other = try await Program.succeed(ranks: 2, work + ["--batch-size", "32"])
    #expect(!other.stdout.contains("\nPredicted: "))
  }

  @Test(arguments: [
    (["--sync", "ring"], "--sync"),
    (["--check-replicas", "0"], "--check-replicas 0"),
  ])
  func badOptions(arguments: [String], named: String) async throws {
    let run = try await Program.run(ranks: 2, arguments)
    #expect(run.exitCode == 64)
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1 && lines.first?.contains(named) == true, "\(run.report)")
  }
}
