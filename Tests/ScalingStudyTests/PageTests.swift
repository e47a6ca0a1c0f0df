import Foundation
import RunRecords
import ScalingStudy
import Statistics
import Testing

/// The report as an HTML page.
@Suite struct PageTests {
  private func words(_ page: ParsedPage) -> String {
    page.text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  private func parsed(_ report: StudyReport) -> ParsedPage {
    let page = ParsedPage(report.html())
    #expect(page.error == nil)
    return page
  }

  /// Mustache prints an unknown name as nothing, so a misspelt one would go unseen.
  @Test func everyNameOfTheTemplateIsSupplied() throws {
    let contexts = [
      PageReports.study(), PageReports.singles(), StudyReport(analyse([])),
      StudyReport(analyse([studyRecord(Times.pair) { $0.drill = "slow:rank1:1.5x" }])),
      StudyReport(analyse([]), timeline: try PageReports.step()),
      StudyReport(analyse([]), projections: [ProjectionFixture.projection("fat-tree")]),
    ].map { ReportPage($0).context }
    let tags = try TemplateTag.all(in: ReportPage.templateText)
    #expect(tags.count > 80)
    for tag in Set(tags) {
      let found = contexts.compactMap(tag.isSupplied)
      #expect(!found.isEmpty, "no report has a value for the sections of \(tag)")
      #expect(!found.contains(false), "\(tag) is no property of the context")
    }
  }

  @Test func aMisspeltNameIsFound() throws {
    let context = ReportPage(PageReports.study()).context
    for template in ["{{titel}}", "{{#works}}{{#rows}}{{hed.text}}{{/rows}}{{/works}}"] {
      let tags = try TemplateTag.all(in: template)
      #expect(tags.contains { $0.isSupplied(by: context) == false }, "\(template)")
    }
    #expect(throws: MissingRow.self) { try TemplateTag.all(in: "{{#works}}{{/runs}}") }
  }

  @Test func thePageHasTheNumbersOfTheAnalysis() throws {
    let report = PageReports.study()
    let page = words(parsed(report))
    func text(_ interval: MedianInterval?, _ digits: Int) throws -> String {
      let interval = try #require(interval)
      func fixed(_ value: Double) -> String { String(format: "%.\(digits)f", value) }
      return "\(fixed(interval.median)) [\(fixed(interval.low)), \(fixed(interval.high))]"
    }
    let rows = report.analysis.works[0].rows
    #expect(rows.map(\.ranks) == [1, 2, 2])
    for row in rows {
      #expect(page.contains(try text(row.trainingSeconds, 2)))
      if row.ranks > 1 { #expect(page.contains(try text(row.efficiency, 3))) }
      for entry in row.ledger?.entries ?? [] where abs(entry.seconds) > 0.01 {
        #expect(page.contains(String(format: "%.2f to %.2f", entry.low, entry.high)))
      }
    }
    for part in [
      "cnn, strong scaling, global batch 64: with 2 ranks, node, 1 thread each (the fastest of 2 "
        + "rows with as many ranks), the efficiency is 0.833 [0.833, 0.833] (96.9 % interval of 6 "
        + "blocks) and the speedup 1.67, a significant gain; the largest part of the loss is",
      "Forward and backward are slower than on one rank alone", "POP factors: parallel efficiency",
      "a fit needs at least four rank counts", "200.000", "warning: 2 cores are shared",
      "mnist-mpi train --data data/mnist", "rank 0 on alpha: core 0", "mpirun, 2 ranks on 1 node",
      "Example CPU", "Open MPI 4.1.4", "no: disturbed by other programs",
      "other programs used 25 % of the cores of alpha", "failed/x.json",
      "Stopping rule: 7 blocks, fixed beforehand.", "Hoefler and Belli", "0.2000 in all runs",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("no confidence interval") && !page.contains("has a confidence interval"))
  }

  /// In block 3 both methods ran beside other programs, or are compared with a run that did.
  @Test func singleRunsAreInThePlots() throws {
    let html = PageReports.study().html()
    #expect(html.ranges(of: "style=\"fill:none;stroke:var(--chart-series-1").count == 4)
    let rows = PageReports.study().analysis.works[0].rows
    #expect(rows[0].runSpeedups.isEmpty && rows[1].runSpeedups.count == 7)
    let disturbed = rows[1].runSpeedups.filter(\.isDisturbed)
    #expect(disturbed.count == 1)
    #expect(abs((disturbed.first?.speedup ?? 0) - 1.5) < 0.01)
  }

  @Test func aPageWithoutIntervalsSaysSo() {
    let page = words(parsed(PageReports.singles()))
    for part in [
      "No speedup or efficiency on this page has a confidence interval", "(a single run)",
      "with too few blocks to say whether that is significant",
      "Each point is a single run; there are no intervals.", "USL, node",
      "more ranks stop paying at", "training loss, mean of each epoch",
    ] {
      #expect(page.contains(part), "\(part)")
    }
  }

  /// A gain, a loss or neither, by the interval of six blocks; or nothing known of two.
  @Test func verdictsFollowTheInterval() {
    func page(_ pairs: [Double], isDisturbed: Bool = false) -> String {
      let records = pairs.enumerated().flatMap { index, pair in
        blockRecords(index + 1, pair: pair, isDisturbed: isDisturbed)
      }
      return words(parsed(StudyReport(analyse(records))))
    }
    let around = [1.3, 1.4, 1.45, 1.55, 1.6, 1.7]
    #expect(page(around).contains("no significant difference; the largest part of the loss is"))
    let slow = page([Double](repeating: 2, count: 6))
    #expect(slow.contains("and the speedup 0.75, a significant loss;"))
    let short = page([1, 1.1])
    #expect(short.contains("(the range of 2 blocks) and the speedup 1.43, with too few blocks"))
    #expect(short.contains("No speedup or efficiency on this page has a confidence interval"))
    #expect(
      page([Double](repeating: 1, count: 6), isDisturbed: true).contains(
        "other programs disturbed these runs, and there are no undisturbed ones"))
  }

  @Test func aPageWithoutRunsIsAPage() {
    let page = parsed(StudyReport(analyse([])))
    #expect(words(page).contains("No records to report."))
    #expect(page.elements.filter { $0 == "h1" }.count == 1 && !page.elements.contains("svg"))
  }

  @Test func aPageWithoutAComparisonSaysWhy() {
    let drill = studyRecord(Times.pair) { $0.drill = "slow:rank1:1.5x" }
    let page = words(parsed(StudyReport(analyse(blockRecords(1).dropLast() + [drill]))))
    for part in [
      "is a drill: the fault slow:rank1:1.5x was injected", "there is nothing to plot",
      "In 1 run a fault was injected (a drill)", "No row has a speedup",
      "A drill: a fault was injected; these are no measurements.",
    ] {
      #expect(page.contains(part), "\(part)")
    }
    #expect(
      words(parsed(StudyReport(analyse([studyRecord([Times.single])])))).contains(
        "only runs of one rank, so there is nothing to compare."))
    #expect(
      words(parsed(StudyReport(analyse([studyRecord(Times.pair)])))).contains(
        "has no efficiency: no one-rank run with as many threads to compare with"))
  }

  /// Nothing is loaded from elsewhere, and no program runs in the page.
  @Test(arguments: [PageReports.study(), PageReports.singles()])
  func thePageNeedsNothingElse(_ report: StudyReport) {
    let html = report.html()
    let lower = html.lowercased().replacing("xmlns=\"http://www.w3.org/2000/svg\"", with: "")
    for part in ["<script", "http:", "https:", "url(", "src=", "@import", "javascript:", "<link"] {
      #expect(!lower.contains(part), "\(part)")
    }
    #expect(html.hasPrefix("<!DOCTYPE html>\n<html lang=\"en\">") && html.hasSuffix("</html>"))
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    let page = parsed(report)
    let targets = page.attributes.filter { $0.name == "href" }.map(\.value)
    let places = Set(page.attributes.filter { $0.name == "id" }.map { "#\($0.value)" })
    #expect(!targets.isEmpty && places.isSuperset(of: targets))
  }

  /// Headings go down one level at a time.
  @Test func headingsAreInOrder() {
    let levels = parsed(PageReports.study()).elements.compactMap { element -> Int? in
      element.count == 2 && element.hasPrefix("h") ? Int(element.dropFirst()) : nil
    }
    #expect(levels.first == 1 && levels.filter { $0 == 1 }.count == 1)
    #expect(zip(levels, levels.dropFirst()).allSatisfy { $1 <= $0 + 1 }, "\(levels)")
  }

  @Test func aThousandRunsAreLessThanThreeMegabytes() {
    let records = (1...334).flatMap { block in
      blockRecords(block, factor: 1 + 0.0007 * Double(block), isDisturbed: block % 5 == 0)
    }
    let html = StudyReport(analyse(records)).html()
    #expect(html.utf8.count < 3_000_000, "\(html.utf8.count)")
    #expect(ParsedPage(html).elements.filter { $0 == "tr" }.count > 1002)
  }
}
