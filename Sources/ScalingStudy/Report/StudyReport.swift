public import ScalingProjection
public import SystemSupport

/// The report of a study, or of any records: text for a terminal, an HTML page, CSV and JSON.
public struct StudyReport: Sendable {
  public let analysis: StudyAnalysis
  public let failures: [StudyFailure]
  /// What ended the study; nil if it is not known.
  public let end: StudyEnd?
  /// The findings of `doctor` before the first block, one line each.
  public let findings: [String]
  /// A step of a trace, for the page; nil without one.
  public let timeline: StepDrawing?
  /// Simulated steps on ranks that are not there.
  public let projections: [Projection]

  /// A report of an analysis, with what records do not hold.
  public init(
    _ analysis: StudyAnalysis, failures: [StudyFailure] = [], end: StudyEnd? = nil,
    findings: [String] = [], timeline: StepDrawing? = nil, projections: [Projection] = []
  ) {
    self.analysis = analysis
    self.failures = failures
    self.end = end
    self.findings = findings
    self.timeline = timeline
    self.projections = projections
  }

  /// Tables, ledgers, fits, runs that do not count, and the method; without a last line break.
  public func text() -> String { ReportText(self).text }

  /// The same with plots as an HTML page: one file that needs no other one, no network and no script.
  ///
  /// Without a last line break.
  public func html() -> String { ReportPage(self).html }

  /// One line for each row after a line of titles (RFC 4180), numbers unrounded.
  ///
  /// Lines end with a line feed alone, as in the comparison; the last line has none.
  public func csv() -> String { ReportCSV.text(analysis) }

  /// Rows, fits, comparisons, runs and failures, numbers unrounded.
  ///
  /// Throws `NotFiniteError` with the key of a number that JSON cannot hold.
  public func json() throws(NotFiniteError) -> String {
    try SortedJSON.text(ReportJSON(self))
  }
}
