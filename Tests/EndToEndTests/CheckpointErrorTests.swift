import Foundation
import TestSupport
import Testing

/// Tests of checkpoints that must not be used or cannot be written.
@Suite struct CheckpointErrorTests {
  /// One line on standard error that names what differs, on a run that is otherwise the same.
  @Test func anotherRunIsRefused() async throws {
    let run = try CheckpointRun()
    // Without mpirun, which would take most of the time of this test.
    _ = try await Program.run(ranks: nil, run.arguments(every: 5, ["--die-in", "copy:3"]))
    let file = "\(run.checkpoints)/step-000000010.safetensors"
    for (options, named) in [
      (["--model", "mlp"], "model: conv3x3:4,relu,maxpool2,fc:20,relu,fc:10 against fc:512,"),
      (["--seed", "7"], "seed: 1 against 7"),
      (["--optimizer", "sgd", "--momentum", "0.5"], "optimizer.kind: adam against sgd"),
      (["--learning-rate", "0.5"], "optimizer.learningRate: 0.001 against 0.5"),
      (["--limit", "390"], "dataSHA256: "),
      (["--batch-size", "40"], "globalBatch: 30 against 40"),
      (["--schedule", "cosine"], "optimizer.schedule: constant against cosine"),
      (["--sync", "node"], "sync: allreduce against node"),
      (["--threads", "2"], "threadsPerRank: 1 against 2"),
      (["--convolution", "im2col"], "convolution: auto against im2col"),
      (["--reproducible"], "leaves: none against 8"),
    ] {
      let words = Self.replacing(run.arguments(every: 5, ["--resume", file]), options)
      let result = try await Program.run(ranks: nil, words)
      let lines = result.errorLines(of: "mnist-mpi")
      #expect([64, 65].contains(result.exitCode) && lines.count == 1, "\(result.report)")
      #expect(lines.first?.contains(named) == true, "\(named): \(result.report)")
      #expect(lines.first?.contains(run.checkpoints) == true)
    }
    let ranks = try await Program.run(ranks: 2, run.arguments(every: 5, ["--resume"]))
    #expect(ranks.exitCode == 64 && ranks.stderr.contains("ranks: 1 against 2"), "\(ranks.report)")
    let (allowed, result) = try await run.record(
      ranks: 2, every: 5, ["--resume", "--allow-different-bits"])
    #expect(result.stdout.contains("bits may differ: ranks: 1 against 2"))
    #expect(allowed.parts?.last?.differences == ["ranks: 1 against 2"])
  }

  /// The arguments with options replaced, or added where they are not there.
  private static func replacing(_ arguments: [String], _ options: [String]) -> [String] {
    guard let place = arguments.firstIndex(of: options[0]), options.count > 1 else {
      return arguments + options
    }
    var words = arguments
    words[place + 1] = options[1]
    return words + options.dropFirst(2)
  }

  @Test func earlierCheckpointsAreNotOverwritten() async throws {
    let run = try CheckpointRun()
    _ = try await Program.run(ranks: 1, run.arguments(every: 5, ["--die-in", "copy:3"]))
    let result = try await Program.run(ranks: 1, run.arguments(every: 5))
    #expect(result.exitCode == 65, "\(result.report)")
    let line = result.errorLines(of: "mnist-mpi").first ?? ""
    #expect(
      line.contains(
        "--checkpoint \(run.checkpoints): holds checkpoints of an earlier run, up to "
          + "step 10; add --resume"), "\(result.report)")
  }

  static let badOptions: [(options: [String], named: String)] = [
    (["--resume"], "--resume auto: add --checkpoint DIRECTORY"),
    (["--resume", "auto"], "--resume auto: add --checkpoint DIRECTORY"),
    (["--checkpoint-every", "5"], "--checkpoint-every belongs to --checkpoint DIRECTORY"),
    (["--keep", "5"], "--keep belongs to --checkpoint DIRECTORY"),
    (["--checkpoint", "c", "--keep", "0"], "--keep 0: expected a number from 1 to 1000"),
    (["--checkpoint", "c", "--checkpoint-every", "0"], "--checkpoint-every"),
    (["--checkpoint", "c", "--checkpoint-every", "5m"], "--checkpoint-every"),
    (["--checkpoint", ""], "--checkpoint \"\": expected a path"),
    (["--allow-different-bits"], "--allow-different-bits belongs to --resume"),
    (["--resume", "nothing.json"], "checkpoint nothing.json: cannot read"),
  ]

  @Test(arguments: badOptions)
  func badOptionsAreNamed(options: [String], named: String) async throws {
    let run = try CheckpointRun()
    let result = try await Program.run(
      ranks: nil, run.arguments() + options, directory: run.directory.path)
    let lines = result.errorLines(of: "mnist-mpi")
    #expect([64, 65].contains(result.exitCode) && lines.count == 1, "\(result.report)")
    #expect(lines.first?.contains(named) == true, "\(result.report)")
  }

  /// The disk has space for one checkpoint: the run goes on without others, and that one can be used.
  @Test(
    .enabled(
      if: FullDiskTests.SmallDisk.isAvailable, "this process cannot mount a file system"))
  func aFullDisk() async throws {
    let run = try CheckpointRun()
    let whole = try await run.record(ranks: 2).record
    let disk = try FullDiskTests.SmallDisk()
    defer { disk.remove() }
    _ = FileManager.default.createFile(
      atPath: "\(disk.path)/other", contents: Data(count: 20 << 10))
    let options = ["--checkpoint", disk.path, "--checkpoint-every", "10"]
    let (record, result) = try await run.record(ranks: 2, options)
    #expect(CheckpointRun.isSame(record, whole))
    let lines = result.stderr.split(separator: "\n").filter { $0.contains("checkpoint") }
    #expect(lines.count == 3, "\(result.report)")
    #expect(
      lines.first?.hasPrefix(
        "mnist-mpi: warning: step 20: cannot write checkpoint \(disk.path)/step-000000020.")
        == true && lines.first?.contains("No space left on device; the training goes on") == true)
    #expect(lines.allSatisfy { $0.hasSuffix("is that of step 10") }, "\(lines)")
    let names = try FileManager.default.contentsOfDirectory(atPath: disk.path).sorted()
    #expect(names == ["other", "step-000000010.json", "step-000000010.safetensors"])
    let (resumed, again) = try await run.record(ranks: 2, options + ["--resume"])
    #expect(again.stdout.contains("step 10, epoch 1"), "\(again.report)")
    #expect(CheckpointRun.isSame(resumed, whole))
  }

  @Test func aDirectoryThatCannotBeMade() async throws {
    let run = try CheckpointRun()
    try run.directory.write([1], to: "file")
    let result = try await Program.run(
      ranks: 2, run.arguments() + ["--checkpoint", run.directory.path("file/c")])
    #expect(result.exitCode == 73, "\(result.report)")
    #expect(result.errorLines(of: "mnist-mpi").count == 1)
    #expect(result.stderr.contains("--checkpoint \(run.directory.path("file/c")): "))
  }
}
