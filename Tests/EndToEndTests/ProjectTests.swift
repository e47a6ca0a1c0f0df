import Foundation
import RunRecords
import TestSupport
import Testing

/// `mnist-mpi project` from outside.
@Suite struct ProjectTests {
  private let directory: TemporaryDirectory
  private let records: String
  private let tree = "\(Repository.root)/jobs/platforms/fat-tree.xml"

  init() throws {
    directory = try TemporaryDirectory()
    records = directory.path("records")
    for (batch, seconds) in [(4, 0.004), (64, 0.02)] {
      let record = makeRecord(id: "00\(batch)") {
        $0.work.globalBatch = batch
        $0.config.globalBatch = batch
        $0.result.stepSeconds.median = seconds
      }
      try RecordStore.write(record, into: records)
    }
    try RecordStore.write(makeRecord(ranks: 2, id: "22"), into: records)
  }

  private func refusal(
    _ arguments: [String], code: Int32, environment: [String: String] = [:]
  ) async throws -> String {
    let run = try await Program.run(ranks: nil, ["project"] + arguments, environment: environment)
    #expect(run.exitCode == code && run.stdout.isEmpty, "\(run.report)")
    let lines = run.errorLines(of: "mnist-mpi")
    #expect(lines.count == 1, "\(run.report)")
    return lines.first ?? ""
  }

  @Test(.enabled(if: SimGridTool.isInstalled, "SimGrid is missing: install libsimgrid-dev"))
  func aProjectionBecomesASectionOfTheReport() async throws {
    let file = directory.path("projection.json")
    let run = try await Program.succeed(
      ranks: nil,
      [
        "project", records, "--platform", tree, "--ranks", "8", "--ranks-per-node", "2",
        "--batch-size", "256", "--batch-size-per-rank", "16", "--json", file,
      ])
    #expect(run.stdout.hasPrefix("Simulated: cnn, strong scaling, global batch 256, on fat-tree"))
    #expect(
      run.stdout.contains("cnn, weak scaling, local batch 16") && run.stdout.contains(" 256* "))
    let page = directory.path("report.html")
    _ = try await Program.succeed(
      ranks: nil, ["report", records, "--html", page, "--projection", file])
    let html = try String(contentsOfFile: page, encoding: .utf8)
    #expect(html.contains("fat-tree, node, 2 a node, simulated"))
  }

  @Test(.enabled(if: SimGridTool.isInstalled, "SimGrid is missing: install libsimgrid-dev"))
  func badInputIsOneLine() async throws {
    let faults: [([String], Int32, [String])] = [
      ([records, "--platform", directory.path("none.xml")], 65, ["none.xml", "expected"]),
      ([records, "--platform", tree, "--ranks", "2048"], 65, ["--ranks 2048", "--ranks 1024"]),
      ([directory.path, "--platform", tree], 65, [directory.path, "of one rank", "expected"]),
      ([directory.path("x.json"), "--platform", tree], 65, ["x.json"]),
      ([records, "--platform", tree, "--batch-size", "64"], 64, ["--batch-size 64", "1024"]),
      ([records, "--platform", tree, "--ranks", "0"], 64, ["--ranks 0", "expected"]),
      ([records, "--platform", tree, "--selector", "lam"], 64, ["lam", "ompi", "mpich"]),
      ([records], 64, ["--platform"]),
    ]
    for (arguments, code, words) in faults {
      let line = try await refusal(arguments, code: code)
      for word in words { #expect(line.contains(word), "\(arguments): \(line)") }
    }
  }

  @Test func withoutSimGridItsPackageIsNamed() async throws {
    let line = try await refusal(
      [records, "--platform", tree], code: 69, environment: ["PATH": directory.path])
    #expect(line.contains("libsimgrid-dev"), "\(line)")
  }

  @Test func aFileThatIsNoProjectionIsRefusedByTheReport() async throws {
    let file = try directory.write(Data("{\"format\": 1}".utf8), to: "other.json")
    let run = try await Program.run(ranks: nil, ["report", records, "--projection", file])
    #expect(run.exitCode == 65 && run.stderr.contains("other.json: no projection"), "\(run.report)")
  }
}
