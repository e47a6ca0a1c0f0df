import Foundation
import HostInspection
import TestSupport
import Testing

/// Tests of errors of `study` and `report`: one line, a non-zero exit code, and no file changed.
@Suite struct StudyErrorTests {
  private static let cores = HostFacts.physicalCoreCount(of: HostFacts.permittedCores())

  static let badReports: [RefusedCommand] = [
    RefusedCommand(
      testDescription: "no records", arguments: ["report", "DIR"],
      named: ["DIR", "no run records", "mnist-mpi study"], exitCode: 65),
    RefusedCommand(
      testDescription: "no directory", arguments: ["report", "DIR/none"],
      named: ["DIR/none", "no such directory"], exitCode: 65),
    RefusedCommand(
      testDescription: "a half-written record", arguments: ["report", "DIR"],
      named: ["DIR/half.json: ", "remove it, or repeat its run"],
      files: ["half.json": "{\"format\": 1, \"program\": \"mnist"], exitCode: 65),
    RefusedCommand(
      testDescription: "a record of nothing", arguments: ["report", "DIR"],
      named: ["DIR/empty.json: "], files: ["empty.json": "{}"], exitCode: 65),
    RefusedCommand(
      testDescription: "a damaged study", arguments: ["report", "DIR"],
      named: ["DIR/study.json: is no state of a study"], files: ["study.json": "{"], exitCode: 65),
    unwritable("--html"), unwritable("--csv"), unwritable("--json"),
  ]

  /// A file in a directory that does not exist.
  private static func unwritable(_ option: String) -> RefusedCommand {
    let record = try? JSONEncoder().encode(makeRecord())
    return RefusedCommand(
      testDescription: "\(option) that cannot be written",
      arguments: ["report", "DIR", option, "DIR/none/report"],
      named: ["cannot write report DIR/none/report: no such file or directory"],
      files: ["run.json": String(decoding: record ?? Data(), as: UTF8.self)], exitCode: 73)
  }

  static let badPlans: [RefusedCommand] = [
    plan("no YAML", "ranks: [1, 2\n", ["DIR/plan.yaml:2: no YAML"]),
    plan("empty", "", ["DIR/plan.yaml: empty"]),
    plan("an unknown key", "rank: 2\n", ["DIR/plan.yaml:1: unknown key rank", "ranks"]),
    plan("an unknown key of a run", "runs: [{np: 2}]\n", ["run 1: unknown key np"]),
    plan("a rank count of 0", "ranks: [1, 0]\n", ["DIR/plan.yaml:1: ranks 0: expected"]),
    plan("a list of lists", "ranks: [[1, 2]]\n", ["DIR/plan.yaml:1: ranks: a list or mapping"]),
    plan(
      "more ranks than cores", "ranks: [1, \(cores + 1)]\nbatch: 65536\n",
      ["--ranks \(cores + 1)", "\(cores) cores", "--oversubscribe"]),
    RefusedCommand(
      testDescription: "no plan", arguments: ["study", "DIR/none.yaml", "--out", "DIR/study"],
      named: ["DIR/none.yaml", "no such file"]),
  ]

  private static func plan(
    _ description: String, _ text: String, _ named: [String]
  ) -> RefusedCommand {
    RefusedCommand(
      testDescription: "plan: \(description)",
      arguments: ["study", "DIR/plan.yaml", "--out", "DIR/study"], named: named,
      files: ["plan.yaml": text])
  }

  static let badOptions: [RefusedCommand] = [
    option(["--ranks", "0"], ["--ranks 0: expected whole numbers from 1 on"]),
    option(["--ranks", "1,,2"], ["--ranks 1,,2: expected"]),
    option(
      ["--ranks", "\(cores + 1)", "--batch", "65536"],
      ["--ranks \(cores + 1)", "--oversubscribe"]),
    option(["--threads", "\(cores + 1)"], ["\(cores + 1) threads", "--oversubscribe"]),
    option(["--until", "abc"], ["--until abc: expected a percentage"]),
    option(["--until", "2"], ["--until 2: expected a percentage"]),
    option(["--until", "2%", "--repeats", "3", "--max-repeats", "3"], ["max-repeats 3", "9"]),
    option(["--repeats", "0"], ["repeats 0: expected"]),
    option(["--min-seconds", "0"], ["min-seconds 0", "expected"]),
    option(["--batch", "0"], ["--batch 0: expected"]),
    option(["--batch", "1", "--ranks", "2", "--oversubscribe"], ["batch 1", "2 ranks"]),
    option(["--scaling", "much"], ["--scaling much: expected strong or weak"]),
    option(["--sync", "telegraph"], ["sync telegraph: expected allreduce"]),
    option(["--model", "brain"], ["model brain: expected cnn"]),
    option(["--launcher", "srun -n 2"], ["--launcher srun -n 2: expected {ranks}"]),
    option(["--launcher", "srun 'x {ranks}"], ["a quote is not closed"]),
    option(["--launcher", "srun {ranks}", "--hostfile", "h"], ["--launcher", "--hostfile"]),
    option(["--hostfile", "DIR/none"], ["--hostfile DIR/none: cannot be read"]),
    option(["--unheard-of"], ["--unheard-of", "mnist-mpi study --help"]),
    RefusedCommand(
      testDescription: "--out with other files", arguments: ["study", "--out", "DIR"],
      named: ["--out DIR: holds other files and no study"], files: ["thesis.txt": "all of it"]),
    RefusedCommand(
      testDescription: "--out below a file", arguments: ["study", "--out", "DIR/file/study"],
      named: ["--out DIR/file/study", "DIR/file is not a directory"], files: ["file": "1"]),
    RefusedCommand(
      testDescription: "--out is a file", arguments: ["study", "--out", "DIR/file"],
      named: ["--out DIR/file", "is not a directory"], files: ["file": "1"]),
    RefusedCommand(
      testDescription: "--out is empty", arguments: ["study", "--out", ""],
      named: ["--out \"\": expected a path"]),
    RefusedCommand(
      testDescription: "under mpirun", arguments: ["study", "--out", "DIR/study"],
      named: ["start it without mpirun"], ranks: 2),
  ]

  private static func option(_ options: [String], _ named: [String]) -> RefusedCommand {
    RefusedCommand(
      testDescription: options.joined(separator: " "),
      arguments: ["study", "--out", "DIR/study"] + options, named: named)
  }

  @Test(arguments: badReports + badPlans + badOptions)
  func isRefused(command: RefusedCommand) async throws {
    try await command.expectRefusal(in: TemporaryDirectory())
  }

  @Test func aDirectoryThatCannotBeLocked() async throws {
    let directory = try TemporaryDirectory()
    let lock = "\(directory.path)/study/.lock"
    try FileManager.default.createDirectory(atPath: lock, withIntermediateDirectories: true)
    let result = try await Program.run(ranks: nil, ["study", "--out", directory.path("study")])
    #expect(result.exitCode == 64 && result.stdout.isEmpty, "\(result.report)")
    #expect(result.stderr.contains("\(lock) cannot be locked (Is a directory)"), "\(result.report)")
  }

  /// A launcher is looked up before the first run; the directory then is free for another one.
  @Test func aLauncherThatDoesNotExist() async throws {
    let directory = try TemporaryDirectory()
    let result = try await Program.run(
      ranks: nil,
      ["study", "--out", directory.path("study"), "--launcher", "no-such-launcher {ranks}"])
    #expect(result.exitCode == 64 && result.stdout.isEmpty, "\(result.report)")
    let lines = result.stderr.split(separator: "\n")
    #expect(lines.count == 1 && lines.first?.contains("no-such-launcher 2 ") == true)
    #expect(lines.first?.contains("cannot be run") == true, "\(result.report)")
    let second = try await Program.run(
      ranks: nil,
      ["study", "--out", directory.path("study"), "--launcher", "./no-other-launcher {ranks}"])
    #expect(second.stderr.contains("./no-other-launcher 2 "), "\(second.report)")
  }
}
