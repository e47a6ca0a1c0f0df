import RunRecords
import ScalingStudy
import Testing

/// Texts of records and studies cannot become elements of the page.
@Suite struct PageEscapeTests {
  /// Characters with a meaning in HTML, with an accent behind them, and letters of other scripts.
  private static let hostile =
    "</td></style><script>alert(\"1\")</script> & 'ü' 東京 <\u{301}b \"\u{338} onload=x &#60;{{title}}"

  /// The report of a study in which every text is the hostile one.
  private static let report: StudyReport = {
    let records = blockRecords(1).map { record in
      var record = record
      record.config.model = hostile
      record.config.data = hostile
      record.config.sync = hostile
      record.machine.cpu = hostile
      record.machine.hosts = [hostile]
      record.machine.revision = hostile
      record.machine.mpi = hostile
      record.run.command = ["mnist-mpi", hostile]
      record.run.launcher = hostile
      record.run.startedAt = hostile
      record.program = hostile
      record.version = hostile
      record.study?.configuration = hostile
      for index in record.ranks.indices { record.ranks[index].host = hostile }
      record.loads = [NodeLoad(node: 0, host: hostile, othersShare: 0.5)]
      return record
    }
    let analysis = StudyAnalysis(records: records.map { (file: hostile, record: $0) })
    let failure = StudyFailure(
      file: hostile, configuration: hostile, block: 1, exitCode: 1, attempt: 1)
    return StudyReport(analysis, failures: [failure], findings: [hostile])
  }()

  @Test func hostileTextStaysText() throws {
    let page = ParsedPage(Self.report.html())
    #expect(page.error == nil)
    let expected = ParsedPage(
      StudyReport(
        analyse(blockRecords(1).map { disturbed($0) }),
        failures: [
          StudyFailure(file: "f", configuration: "c", block: 1, exitCode: 1, attempt: 1)
        ], findings: ["x"]
      ).html())
    // The same elements and attributes as with harmless texts.
    #expect(page.elements.filter { $0 == "script" }.isEmpty)
    #expect(Set(page.elements) == Set(expected.elements))
    #expect(Set(page.attributes.map(\.name)) == Set(expected.attributes.map(\.name)))
    #expect(page.elements.filter { $0 == "style" }.count == 1)
  }

  private func disturbed(_ record: RunRecord) -> RunRecord {
    var record = record
    disturb(&record)
    return record
  }

  /// The text arrives at the reader as it was, names of the template included.
  @Test func hostileTextIsPrintedWhole() {
    let text = ParsedPage(Self.report.html()).text
    let scalars = Array(Self.hostile.unicodeScalars.map(\.value))
    #expect(Array(text.unicodeScalars.map(\.value)).contains(scalars))
    #expect(text.contains("{{title}}"))
  }

  /// Control characters, which HTML does not allow, are replaced.
  @Test func controlCharactersAreReplaced() {
    let record = studyRecord([Times.single]) { $0.machine.cpu = "a\u{0}b\u{1B}[31m" }
    let page = ParsedPage(StudyReport(analyse([record])).html())
    #expect(page.error == nil && page.text.contains("a\u{FFFD}b\u{FFFD}[31m"))
  }
}
