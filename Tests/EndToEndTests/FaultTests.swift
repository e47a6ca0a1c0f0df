import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of faults that are injected or sent from outside: the run ends and says what and where.
@Suite struct FaultTests {
  private static let work = [
    "--model", "mlp", "--hidden", "32", "--batch-size", "40", "--threads", "1", "--epochs", "2",
  ]

  /// The arguments of a run with 10 steps an epoch.
  private static func arguments(_ data: TemporaryDirectory, _ more: [String]) -> [String] {
    work + ["--data", data.path, "--results", data.path("results")] + more
  }

  private static func data() throws -> TemporaryDirectory {
    try IDXFixture(trainingCount: 400, testCount: 50, height: 10, width: 10).write()
  }

  @Test func aRankThatDiesEndsTheRun() async throws {
    let data = try Self.data()
    let run = try await Program.run(
      ranks: 3, Self.arguments(data, ["--inject", "die:rank1@step5"]))
    // Hydra passes the number of the signal on as it is.
    #expect(run.exitCode == (MPIRun.isHydra ? 9 : 137) && !run.timedOut, "\(run.report)")
    #expect(run.stdout.contains("Drill: die:rank1@step5: rank 1 is killed in step 5 on purpose; "))
    #expect(try Program.records(in: data.path("results")).isEmpty)
  }

  /// A rank that computes for ever is named, and every rank prints what it does.
  @Test(arguments: ["allreduce", "node"])
  func aRankThatHangsIsNamed(sync: String) async throws {
    let data = try Self.data()
    let run = try await Program.run(
      ranks: 3,
      Self.arguments(data, ["--inject", "hang:rank1@step5", "--sync", sync, "--timeout", "2"]))
    // Hydra kills the other ranks when the first one exits, and may pass that signal on instead.
    #expect([76, MPIRun.isHydra ? 9 : 76].contains(run.exitCode) && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    for (rank, activity) in ["in the all-reduce", "computing gradients", "in the all-reduce"]
      .enumerated()
    {
      let line = lines.first { $0.contains("rank \(rank) of 3 on ") } ?? ""
      #expect(line.contains("no progress for 2.0 s in step 5: \(activity)"), "\(run.report)")
    }
    let sum = lines.first { $0.contains("--timeout: no rank made progress for 2.0 s; at fault: ") }
    #expect(sum?.contains("rank 1 (") == true, "\(run.report)")
    #expect(
      sum?.contains("is not in the all-reduce: step 5: computing gradients; 2 of 3 wait") == true)
  }

  /// A stopped rank is the one that prints nothing.
  ///
  /// Arguments of the script: a file that the run writes its output to, and the command.
  @Test func aStoppedRankIsNamed() async throws {
    let data = try Self.data()
    let script = """
      mark=$1
      shift
      "$@" > "$mark.out" &
      until grep -q '^Train Epoch: 3 ' "$mark.out"; do
        kill -0 $! 2>/dev/null || break
        sleep 0.02
      done
      kill -s STOP $(pgrep -f "^[^ ]*mnist-mpi .*--json $mark" | tail -n 1)
      wait $!
      """
    let mark = data.path("stopped.json")
    let run = try await Program.run(
      ranks: 2,
      Self.arguments(data, ["--json", mark]).map { $0 == "2" ? "100000" : $0 }
        + ["--timeout", "3"],
      prefix: ["sh", "-c", script, "sh", mark])
    #expect([76, MPIRun.isHydra ? 9 : 76].contains(run.exitCode) && !run.timedOut, "\(run.report)")
    #expect(
      run.stderr.contains("printed nothing: stopped, or its host is lost")
        || run.stderr.contains("rank 1 of 2 on "), "\(run.report)")
  }

  /// The rank and the tensors are named, and the run ends.
  @Test(arguments: ["allreduce", "node"])
  func aLossThatIsNotANumberIsNamed(sync: String) async throws {
    let data = try Self.data()
    let run = try await Program.run(
      ranks: 2, Self.arguments(data, ["--inject", "nan:rank1@step5", "--sync", sync]))
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(run.report)")
    for part in [
      "step 5 (epoch 1): the loss is not finite (nan) on rank 1 (",
      "gradients are not finite in 4 tensors, first in fc1.weight; try a smaller --learning-rate",
    ] {
      #expect(lines.first?.contains(part) == true, "\(part): \(run.report)")
    }
    #expect(try Program.records(in: data.path("results")).isEmpty)
  }

  /// A skipped step changes nothing: the run goes on as if the step had not been.
  @Test(arguments: [
    ["--sync", "allreduce"], ["--sync", "node"], ["--reproducible"],
    ["--reproducible", "--sync", "node"],
  ])
  func aStepIsSkipped(options: [String]) async throws {
    let data = try Self.data()
    let file = data.path("skipped.json")
    let run = try await Program.succeed(
      ranks: 2,
      Self.arguments(data, options + ["--inject", "nan:rank1@step5", "--on-nan", "skip"])
        + ["--json", file])
    let lines = run.stderr.split(separator: "\n").filter { $0.hasSuffix("the step is skipped") }
    #expect(lines.count == 1, "\(run.report)")
    let record = try #require(try RecordStore.load(files: [file]).first).record
    #expect(record.result.skippedSteps == 1 && record.result.steps == 20)
    #expect(record.drill == "nan:rank1@step5")
    #expect(record.epochs.allSatisfy { $0.trainingLoss.isFinite })
    #expect(record.result.testAccuracy > 0.2)
  }

  /// A learning rate that is much too large: every step would have to be skipped.
  @Test func aRunIsNotSkippedAltogether() async throws {
    let data = try Self.data()
    let run = try await Program.run(
      ranks: 2,
      Self.arguments(
        data, ["--optimizer", "sgd", "--learning-rate", "1e38", "--on-nan", "skip"]))
    #expect(run.exitCode == 1 && !run.timedOut, "\(run.report)")
    #expect(run.stderr.contains("step 12 (epoch 2): the loss is not finite"), "\(run.report)")
    #expect(run.stderr.contains("10 steps before it were skipped"))
  }

  @Test(arguments: [["--timeout", "0"], ["--timeout", "nan"], ["--on-nan", "repair"]])
  func badOptions(options: [String]) async throws {
    let data = try Self.data()
    let run = try await Program.run(ranks: 2, Self.arguments(data, options))
    #expect(run.exitCode == 64 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1 && lines.first?.contains(options[0]) == true, "\(run.report)")
  }
}
