import Foundation
import RunRecords
import Statistics
import TestSupport
import Testing

/// Tests of `mnist-mpi study` and `mnist-mpi report`: a study that runs without incident.
@Suite struct StudyTests {
  @Test func everyBlockHasEveryConfigurationOnce() async throws {
    let study = try SmallStudy(repeats: 2)
    let first = try await study.succeed()
    for line in ["block 1 of 2, run 1 of 3: mlp-", "block 2 of 2, run 3 of 3: mlp-", " images/s"] {
      #expect(first.stderr.contains(line), "\(line)\n\(first.report)")
    }
    try study.expectCompleteBlocks()
    let records = try study.records()
    for record in records {
      #expect(record.study?.attempt == 1 && record.work.steps == 30)
      #expect(record.run.launcher == "mpirun" && !record.machine.revision.isEmpty)
    }
    #expect(Set(records.map(\.machine.executableSHA256)).count == 1)

    let again = try await study.succeed()
    #expect(!again.stderr.contains("block "), "\(again.report)")
    #expect(try study.records() == records)
    #expect(Self.sortedLines(again) == Self.sortedLines(first))
    try await expectReports(of: study, records, text: first)
    try await expectRefusedPage(of: study)
  }

  /// The report is printed although the page cannot be written.
  private func expectRefusedPage(of study: SmallStudy) async throws {
    let page = "\(study.out)/report.html"
    try FileManager.default.removeItem(atPath: page)
    try FileManager.default.createDirectory(atPath: page, withIntermediateDirectories: false)
    let run = try await Program.run(ranks: nil, study.arguments, timeout: SmallStudy.timeout)
    #expect(run.exitCode == 73 && run.stdout.contains("Loss ledger of 2 ranks"), "\(run.report)")
    #expect(
      run.errorLines(of: "mnist-mpi") == ["mnist-mpi: cannot write report \(page): Is a directory"],
      "\(run.report)")
  }

  private func expectReports(
    of study: SmallStudy, _ records: [RunRecord], text: ProcessResult
  ) async throws {
    let printed = try await Program.succeed(ranks: nil, ["report", study.out])
    let page = "\(study.out)/report.html"
    #expect(text.stdout.hasSuffix("\nPage: \(page)\n"), "\(text.report)")
    let lines = Self.sortedLines(text).filter { $0 != "Page: \(page)" }
    #expect(printed.stderr.isEmpty && Self.sortedLines(printed) == lines)
    try await expectPage(page, of: study)
    for part in [
      "mlp, strong scaling, global batch 64, 30 steps, seed 1, data \(study.directory.path)",
      "Loss ledger of 2 ranks, allreduce, 1 thread each: 2 T(2) = ",
      "Fits for allreduce, 1 thread a rank: none: a fit needs at least four rank counts",
      "1 rank, batch 32, for the ledger", "Stopping rule: 2 blocks, fixed beforehand.",
      "Hoefler and Belli",
    ] {
      #expect(printed.stdout.contains(part), "\(part)\n\(printed.report)")
    }

    let csv = study.directory.path("report.csv")
    let run = try await Program.succeed(ranks: nil, ["report", study.out, "--csv", csv])
    #expect(run.stdout.isEmpty && run.stderr.isEmpty)
    let report = try await study.report()
    try expectRows(report, records)
    try expectTable(try String(contentsOfFile: csv, encoding: .utf8), report)
    #expect(report.blocks == records.count / SmallStudy.configurations.count)
    #expect(report.failures.isEmpty && report.method.count == 5)
    #expect(report.stoppingRule == "2 blocks, fixed beforehand.")
    #expect(report.fits.map(\.sync) == ["allreduce"] && report.fits.first?.law == nil)
    #expect(report.fits.first?.refusal?.contains("four rank counts") == true)
  }

  /// `report --html` writes the page that the study wrote, and prints nothing.
  private func expectPage(_ page: String, of study: SmallStudy) async throws {
    let file = study.directory.path("page.html")
    let run = try await Program.succeed(ranks: nil, ["report", study.out, "--html", file])
    #expect(run.stdout.isEmpty && run.stderr.isEmpty, "\(run.report)")
    for path in [page, file] {
      let html = try String(contentsOfFile: path, encoding: .utf8)
      #expect(html.hasPrefix("<!DOCTYPE html>\n") && html.hasSuffix("</html>\n"), "\(path)")
      for part in [
        "mlp, strong scaling, global batch 64", "--hidden 16", "2 blocks, fixed beforehand.",
      ] {
        #expect(html.contains(part), "\(path): \(part)")
      }
    }
  }

  /// The rows follow from the records by the written formulas.
  private func expectRows(_ report: DecodedReport, _ records: [RunRecord]) throws {
    let files = report.runs.map { URL(fileURLWithPath: $0.file).lastPathComponent }
    #expect(files == records.map(RecordStore.fileName).sorted())
    let validities = ["measurement", "disturbed", "invalid"]
    #expect(report.runs.allSatisfy { validities.contains($0.validity) })
    let counted = Set(zip(files, report.runs).filter(\.1.counts).map(\.0))
    /// The training seconds of the runs of a configuration that count, by block.
    func seconds(ranks: Int) -> [Double] {
      records.filter {
        $0.study?.configuration == "mlp-strong-b64-np\(ranks)-t1-allreduce"
          && counted.contains(RecordStore.fileName(of: $0))
      }.sorted { ($0.study?.block ?? 0) < ($1.study?.block ?? 0) }
        .map(\.result.trainingSeconds)
    }
    #expect(report.rows.map(\.ranks) == [1, 2])
    for row in report.rows {
      #expect(row.nodes == 1 && row.threads == 1 && row.model == "mlp" && row.batch == 64)
      #expect(row.scaling == "strong" && row.sync == (row.ranks == 1 ? "" : "allreduce"))
      let own = seconds(ranks: row.ranks)
      let ratios = zip(seconds(ranks: 1), own).map { $0 / $1 }
      #expect(row.runs == own.count)
      try expect(row.trainingSeconds, isRangeOf: own)
      #expect(row.imagesPerSecond.low > 0 && row.imagesPerSecond.low <= row.imagesPerSecond.high)
      // On a machine with one core the second rank has no speedup.
      guard row.faults.isEmpty else { continue }
      try expect(try #require(row.speedup), isRangeOf: ratios)
      try expect(
        try #require(row.efficiency), isRangeOf: ratios.map { $0 / Double(row.ranks) })
    }
    let pair = try #require(report.row(ranks: 2))
    try expectLedger(pair, alone: seconds(ranks: 1), seconds(ranks: 2))
    #expect(report.row(ranks: 1)?.ledger.isEmpty == true)
  }

  /// Up to four values have no interval of 95 %: low and high are their range.
  private func expect(_ interval: DecodedReport.Interval, isRangeOf values: [Double]) throws {
    #expect(interval.level == nil)
    for (value, expected) in [
      (interval.median, SampleStatistics.median(values)), (interval.low, values.min()),
      (interval.high, values.max()),
    ] {
      let expected = try #require(expected)
      #expect(abs(value - expected) <= 1e-9 * abs(expected))
    }
  }

  /// The parts add up to p T(p) - T(1), as means over blocks.
  private func expectLedger(_ row: DecodedReport.Row, alone: [Double], _ pair: [Double]) throws {
    #expect(
      row.ledger.map(\.part) == [
        "localBatch", "slowerComputation", "imbalance", "skew", "transfer", "update", "load",
        "rest",
      ])
    let total = zip(pair, alone).map { 2 * $0 - $1 }.reduce(0, +) / Double(pair.count)
    let tolerance = 1e-9 * pair.reduce(0, +)
    let printed = try #require(row.ledgerTotalSeconds)
    #expect(abs(printed - total) < tolerance)
    #expect(abs(row.ledger.map(\.seconds).reduce(0, +) - total) < tolerance)
    for part in row.ledger {
      #expect(part.low - tolerance <= part.seconds && part.seconds <= part.high + tolerance)
    }
  }

  /// The table has a line of titles and one line for each row; its first cells have no quotes.
  private func expectTable(_ csv: String, _ report: DecodedReport) throws {
    let lines = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    let titles = try #require(lines.first)
    #expect(lines.count == 1 + report.rows.count)
    for (line, row) in zip(lines.dropFirst(), report.rows) {
      for (title, value) in [
        ("ranks", "\(row.ranks)"), ("sync", row.sync), ("runs", "\(row.runs)"),
        ("trainingSeconds", "\(row.trainingSeconds.median)"), ("trainingSecondsLevel", ""),
      ] {
        let column = try #require(titles.firstIndex(of: title))
        #expect(line[column] == value, "\(title)")
      }
    }
  }

  /// Files with times in the same second may change their order, and lines about them with it.
  private static func sortedLines(_ result: ProcessResult) -> [Substring] {
    result.stdout.split(separator: "\n").sorted()
  }
}
