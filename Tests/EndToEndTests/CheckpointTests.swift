import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of runs that are killed, and resumed from a checkpoint.
@Suite struct CheckpointTests {
  /// Killed in every stage of writing the checkpoint after step 25, in the middle of an epoch.
  @Test(arguments: [
    (ranks: 1, sync: "allreduce", optimizer: "adam", stages: ["copy", "fsync"]),
    (2, "allreduce", "adam", ["write", "rename"]), (3, "node", "adam", ["copy", "rename"]),
    (2, "node", "sgd", ["write", "fsync"]),
  ])
  func aKilledRunEndsWithTheSameBits(
    ranks: Int, sync: String, optimizer: String, stages: [String]
  ) async throws {
    var options = ["--sync", sync, "--optimizer", optimizer]
    if optimizer == "sgd" { options += ["--momentum", "0.9", "--learning-rate", "0.02"] }
    let run = try CheckpointRun(options)
    let whole = try await run.record(ranks: ranks).record
    for stage in stages {
      let killed = try await Program.run(
        ranks: ranks, run.arguments(every: 5, ["--die-in", "\(stage):5"]))
      #expect(killed.exitCode != 0 && !killed.timedOut, "\(killed.report)")
      let (resumed, result) = try await run.record(ranks: ranks, every: 5, ["--resume"])
      #expect(result.stdout.contains("step 20, epoch 2"), "\(stage): \(result.report)")
      #expect(result.stdout.contains("in 2 parts"))
      #expect(CheckpointRun.isSame(resumed, whole), "\(stage): \(result.report)")
      let parts = try #require(resumed.parts)
      #expect(parts.map(\.firstStep) == [0, 20] && parts.map(\.lastStep) == [20, 42])
      #expect(
        abs(parts.map(\.trainingSeconds).reduce(0, +) - resumed.result.trainingSeconds) < 1e-9)
      try FileManager.default.removeItem(atPath: run.checkpoints)
    }
  }

  /// A checkpoint after the last step of an epoch is written before the evaluation.
  @Test func aCheckpointAtTheEndOfAnEpoch() async throws {
    let run = try CheckpointRun()
    let whole = try await run.record(ranks: 2).record
    _ = try await Program.run(ranks: 2, run.arguments(every: 14, ["--die-in", "copy:3"]))
    let (resumed, result) = try await run.record(ranks: 2, every: 14, ["--resume", "auto"])
    #expect(result.stdout.contains("step 28, epoch 2"), "\(result.report)")
    #expect(CheckpointRun.isSame(resumed, whole))
  }

  /// Parameters and optimizer state come from the device, and go back to it.
  ///
  /// A single rank takes many steps there in one call, which ends where a checkpoint is due.
  @Test(arguments: [1, 2])
  func aRunOnGPUsIsResumed(ranks: Int) async throws {
    let driver = ["MNIST_MPI_CUDA": try MPIRun.path(of: "libFakeCUDA.so")]
    let run = try CheckpointRun(["--device", "cuda"], environment: driver)
    let whole = try await run.record(ranks: ranks).record
    _ = try await Program.run(
      ranks: ranks, run.arguments(every: 10, ["--die-in", "fsync:3"]), environment: driver)
    let (resumed, result) = try await run.record(ranks: ranks, every: 10, ["--resume"])
    #expect(result.stdout.contains("step 20, epoch 2"), "\(result.report)")
    #expect(CheckpointRun.isSame(resumed, whole))
  }

  /// The reproducible mode goes on with any number of ranks and threads and any method.
  @Test func reproducibleRunsGoOnWithOtherRanks() async throws {
    let run = try CheckpointRun(["--reproducible"])
    let whole = try await run.record(ranks: 1).record
    _ = try await Program.run(ranks: 4, run.arguments(every: 10, ["--die-in", "write:2"]))
    _ = try await Program.run(
      ranks: 3, run.arguments(every: 10, ["--resume", "--sync", "node", "--die-in", "rename:2"]))
    let (resumed, result) = try await run.record(ranks: 2, every: 10, ["--resume"])
    #expect(result.stdout.contains("step 20, epoch 2"), "\(result.report)")
    #expect(CheckpointRun.isSame(resumed, whole))
    #expect(resumed.parts?.map(\.ranks) == [4, 3, 2])
  }

  /// A run that was resumed or interrupted has an accuracy and a hash, but no time to compare.
  @Test func aResumedRunIsNoMeasurement() async throws {
    let run = try CheckpointRun()
    _ = try await run.record(ranks: 1)
    _ = try await Program.run(ranks: 2, run.arguments(every: 5, ["--die-in", "copy:3"]))
    _ = try await run.record(ranks: 2, every: 5, ["--resume"])
    let table = try await Program.succeed(ranks: nil, ["compare", run.directory.path("results")])
    #expect(table.stdout.contains("not a measurement: a run in 2 parts"), "\(table.report)")
  }

  @Test func withoutACheckpointTheRunStartsAfresh() async throws {
    let run = try CheckpointRun()
    let (record, result) = try await run.record(ranks: 2, every: 1000, ["--resume"])
    #expect(
      result.stdout.contains(
        "Resume: no checkpoint in \(run.checkpoints); the run starts afresh"), "\(result.report)")
    #expect(record.parts == nil && record.interruption == nil)
    #expect(CheckpointRun.isSame(record, try await run.record(ranks: 2).record))
  }

  /// More epochs are a longer run of the same kind, if no schedule depends on the length.
  @Test func aRunGoesOnForMoreEpochs() async throws {
    let run = try CheckpointRun()
    let whole = try await run.record(ranks: 1).record
    let short = CheckpointRun.work.map { $0 == "3" ? "1" : $0 }
    let paths = ["--data", run.directory.path, "--results", run.directory.path("results")]
    _ = try await Program.succeed(
      ranks: 1,
      short + paths + ["--checkpoint", run.checkpoints, "--checkpoint-every", "14"])
    let resumed = try await run.record(ranks: 1, every: 14, ["--resume"]).record
    #expect(CheckpointRun.isSame(resumed, whole) && resumed.work == whole.work)
  }

  /// The damage of a checkpoint is named, and the one before it is used.
  @Test func aDamagedCheckpointIsNamed() async throws {
    let run = try CheckpointRun()
    let whole = try await run.record(ranks: 2).record
    _ = try await Program.run(ranks: 2, run.arguments(every: 5, ["--die-in", "copy:6"]))
    let newest = "\(run.checkpoints)/step-000000025.safetensors"
    let bytes = try #require(FileManager.default.contents(atPath: newest))
    _ = FileManager.default.createFile(atPath: newest, contents: bytes.dropLast(4))
    let (resumed, result) = try await run.record(ranks: 2, every: 5, ["--resume"])
    #expect(result.stdout.contains("step 20, epoch 2"), "\(result.report)")
    let warnings = result.stderr.split(separator: "\n").filter { $0.contains("checkpoint") }
    #expect(warnings.count == 1, "\(result.report)")
    #expect(
      warnings.first?.contains("step-000000025.json: the numbers are truncated or altered") == true)
    #expect(CheckpointRun.isSame(resumed, whole))
  }
}
