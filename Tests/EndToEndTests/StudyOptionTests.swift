import Foundation
import HostInspection
import TestSupport
import Testing

/// Tests of the options of `mnist-mpi study`, most of them without a run.
@Suite struct StudyOptionTests {
  /// The commands of the first block in alphabetical order, and the whole output.
  private static func preview(
    _ arguments: [String], in directory: TemporaryDirectory
  ) async throws -> (commands: [String], result: ProcessResult) {
    let out = directory.path("study")
    let result = try await Program.succeed(
      ranks: nil, ["study", "--dry-run", "--out", out] + arguments)
    #expect(result.stderr.isEmpty && !FileManager.default.fileExists(atPath: out))
    let lines = result.stdout.split(separator: "\n").map(String.init)
    let start = try #require(lines.firstIndex(of: "Block 1:"), "\(result.report)")
    return (lines[(start + 1)...].map { String($0.dropFirst(2)) }.sorted(), result)
  }

  /// The file has the factors, and an option beside it replaces one of its values.
  @Test func aDryRunPrintsTheCommandsOfAPlan() async throws {
    let directory = try TemporaryDirectory()
    let plan = try directory.write(
      Array("ranks: [1, 2]\nmodel: mlp\nsync: [allreduce, node]\nrepeats: 3\n".utf8),
      to: "plan.yaml")
    let (commands, result) = try await Self.preview(
      [plan, "--repeats", "4", "--launcher", "srun --mpi=pmix -n {ranks}", "--", "--steps", "9"],
      in: directory)
    #expect(result.stdout.hasPrefix("4 configurations, 4 blocks, "), "\(result.report)")
    let train = "mnist-mpi train --threads 1 --model mlp --sync"
    #expect(
      commands == [
        "srun --mpi=pmix -n 1 \(train) allreduce --batch-size 32 --steps 9 --results DIR/records",
        "srun --mpi=pmix -n 1 \(train) allreduce --batch-size 64 --steps 9 --results DIR/records",
        "srun --mpi=pmix -n 2 \(train) allreduce --batch-size 64 --steps 9 --results DIR/records",
        "srun --mpi=pmix -n 2 \(train) node --batch-size 64 --steps 9 --results DIR/records",
      ])
  }

  @Test func theQuickStudyHasThreeConfigurations() async throws {
    let (commands, result) = try await Self.preview(
      ["--quick", "--oversubscribe"], in: try TemporaryDirectory())
    #expect(result.stdout.hasPrefix("3 configurations, 6 blocks, --steps from a calibration run"))
    #expect(commands.count == 3 && commands.allSatisfy { $0.hasPrefix("mpirun -np ") })
  }

  /// A drill of rank 1 leaves the runs of one rank as they are: they are its baseline.
  @Test(arguments: ["slow:rank1:1.5x", "SLOW:Rank1:1.5X", "nan:rank1@step5"])
  func aDrillIsInjectedWhereItsRankIs(drill: String) async throws {
    let (commands, _) = try await Self.preview(
      ["--oversubscribe", "--", "--steps", "9", "--inject", drill],
      in: try TemporaryDirectory())
    let drills = commands.filter { $0.contains(" --inject \(drill) ") }
    #expect(commands.count == 3 && drills.count == 1)
    #expect(drills.first?.hasPrefix("mpirun -np 2 ") == true)
  }

  /// Ranks with more threads than there are cores are no measurement.
  @Test func moreThreadsThanCoresAreMarked() async throws {
    let cores = HostFacts.permittedCores().count
    let study = try SmallStudy(repeats: 1, ["--threads", "\(cores + 1)", "--oversubscribe"])
    _ = try await study.succeed()
    let report = try await study.report()
    #expect(report.runs.allSatisfy { $0.validity == "invalid" })
    let row = try #require(report.row(ranks: 2))
    let fault = "not a measurement: 2 ranks with \(2 * cores + 2) threads on \(cores) core"
    #expect(row.faults.contains { $0.hasPrefix(fault) }, "\(row.faults)")
    #expect(row.speedup == nil && row.efficiency == nil && row.ledger.count > 1)
    let text = try await Program.succeed(ranks: nil, ["report", study.out])
    #expect(text.stdout.contains("! does not count: see the notes") && text.stdout.contains(fault))
  }
}
