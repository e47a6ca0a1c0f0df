import Foundation
import RunRecords
import TestSupport
import Testing

/// Tests of a run with an output that does not fit on the disk.
@Suite struct FullDiskTests {
  /// A file system of 64 KiB in memory.
  struct SmallDisk {
    private let directory: TemporaryDirectory

    var path: String { directory.path }

    /// Whether this process may mount file systems.
    static let isAvailable: Bool = {
      guard geteuid() == 0, let trial = try? SmallDisk() else { return false }
      trial.remove()
      return true
    }()

    /// Mounts the file system in a new directory.
    ///
    /// - Throws: an error if the system does not permit that.
    init() throws {
      directory = try TemporaryDirectory()
      guard Self.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", directory.path]) else {
        throw SupportError("cannot mount a file system at \(directory.path)")
      }
    }

    /// Unmounts the file system, which must not be in use.
    func remove() { _ = Self.run(["umount", directory.path]) }

    /// Runs a command and returns whether it succeeded.
    private static func run(_ command: [String]) -> Bool {
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
      process.arguments = command
      process.standardError = FileHandle.nullDevice
      guard (try? process.run()) != nil else { return false }
      process.waitUntilExit()
      return process.terminationStatus == 0
    }
  }

  /// The error names the file, no part of the weights is left, and the record is kept.
  @Test(
    .enabled(if: SmallDisk.isAvailable, "this process cannot mount a file system"),
    arguments: [nil, 2])
  func weightsThatDoNotFitLeaveNoFile(ranks: Int?) async throws {
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    let disk = try SmallDisk()
    defer { disk.remove() }
    let file = "\(disk.path)/weights.safetensors"
    // The weights of an mlp with hidden layers of 512 and 512 are more than 1 MB.
    let run = try await Program.run(
      ranks: ranks,
      [
        "--data", data.path, "--model", "mlp", "--batch-size", "20", "--steps", "1", "--threads",
        "1", "--results", results, "--save", file,
      ])
    #expect(run.exitCode == 74 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(run.report)")
    #expect(lines.first?.contains("cannot write weights \(file): no space left") == true)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).isEmpty)
    #expect(try Program.records(in: results).count == 1)
    #expect(run.stdout.contains("Training completed in: "))
  }

  /// A record that its directory refuses at the end goes to the directory for temporary files.
  @Test(
    .enabled(if: SmallDisk.isAvailable, "this process cannot mount a file system"),
    arguments: [nil, 2])
  func aRecordThatDoesNotFitIsKeptElsewhere(ranks: Int?) async throws {
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    let disk = try SmallDisk()
    defer { disk.remove() }
    _ = FileManager.default.createFile(
      atPath: "\(disk.path)/other", contents: Data(count: 64 << 10))
    let elsewhere = data.path("elsewhere")
    try FileManager.default.createDirectory(
      atPath: elsewhere, withIntermediateDirectories: false)
    let run = try await Program.run(
      ranks: ranks, Self.arguments(data, results: disk.path), environment: ["TMPDIR": elsewhere])
    #expect(run.exitCode == 74 && !run.timedOut, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(run.report)")
    #expect(lines.first?.contains("the training is complete, but cannot write record ") == true)
    #expect(lines.first?.contains("the record is in \(elsewhere)/") == true)
    #expect(try Program.records(in: elsewhere).count == 1)
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["other"])
  }

  /// Standard output that cannot be written ends no training, and the exit code tells.
  ///
  /// Under mpirun the ranks write to mpirun, which does not tell them what became of it.
  @Test(arguments: ["exec \"$@\" > /dev/full", "{ \"$@\"; echo code $? >&2; } | true"])
  func standardOutputThatCannotBeWritten(script: String) async throws {
    let data = try IDXFixture(trainingCount: 60, testCount: 20, height: 8, width: 8).write()
    let results = data.path("results")
    let run = try await Program.run(
      ranks: nil, Self.arguments(data, results: results), prefix: ["sh", "-c", script, "sh"])
    #expect(run.exitCode == 74 || run.stderr.contains("code 74\n"), "\(run.report)")
    #expect(run.errorLines(of: "mnist-mpi").count == 1, "\(run.report)")
    #expect(run.stderr.contains("mnist-mpi: standard output could not be written"))
    #expect(try Program.records(in: results).count == 1)
  }

  private static func arguments(_ data: TemporaryDirectory, results: String) -> [String] {
    [
      "--data", data.path, "--model", "mlp", "--hidden", "16", "--batch-size", "20", "--threads",
      "1", "--results", results,
    ]
  }
}
