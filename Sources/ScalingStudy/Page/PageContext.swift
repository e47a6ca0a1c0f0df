import RunRecords
import TextTables

/// The values of a page; `report.mustache` names these properties.
struct PageContext {
  let title: String
  /// How many runs, of which time.
  let lead: String
  /// One for each work.
  let verdicts: [Verdict]
  /// What limits everything on the page; nil for nothing.
  let notices: PageList?
  let works: [WorkContext]
  /// One step of all ranks; nil without a trace.
  let timeline: FigureContext?
  /// Ranks that are not there; nil without projections.
  let projections: ProjectionSection?
  let machines: [MachineContext]
  let findings: PageList?
  let launches: [LaunchContext]
  let runs: [RunContext]
  let failures: Failures?
  /// Blocks and the stopping rule.
  let study: [String]
  let method: [String]

  /// A sentence, with the number of the section that it is about.
  struct Verdict {
    let number: Int
    let text: String
  }

  /// The runs that left no record.
  struct Failures {
    let rows: [StudyFailure]
  }

  init(_ report: StudyReport) {
    let analysis = report.analysis
    title = Self.title(analysis)
    lead = Self.lead(analysis)
    verdicts = analysis.works.enumerated().map { offset, work in
      Verdict(number: offset + 1, text: VerdictSentence(work).text)
    }
    notices = PageList(PageNotices.list(analysis))
    works = analysis.works.enumerated().map { offset, work in
      WorkContext(work, runs: analysis.runs, number: offset + 1)
    }
    timeline = report.timeline.map(TimelineChart.figure)
    projections = ProjectionSection(report.projections, beside: analysis.works)
    machines = MachineContext.list(analysis.runs)
    findings = PageList(report.findings)
    launches = LaunchContext.list(analysis.runs)
    runs = analysis.runs.map(RunContext.init)
    failures = report.failures.isEmpty ? nil : Failures(rows: report.failures)
    study = ReportText(report).study
    method = Method.sentences
  }

  private static func title(_ analysis: StudyAnalysis) -> String {
    var models: [String] = []
    for work in analysis.works where !models.contains(work.model) { models.append(work.model) }
    guard !models.isEmpty else { return "Scaling report without runs" }
    let ranks = analysis.works.flatMap { $0.rows.map(\.ranks) }
    let low = ranks.min() ?? 1
    let high = ranks.max() ?? 1
    let range =
      low == high ? NumberText.count(low, "rank", "ranks") : "\(low) to \(high) ranks"
    return "Scaling of \(models.joined(separator: ", ")) on \(range)"
  }

  private static func lead(_ analysis: StudyAnalysis) -> String {
    let count = NumberText.count(analysis.runs.count, "run", "runs")
    let blocks =
      analysis.blocks == 0
      ? "" : " in \(NumberText.count(analysis.blocks, "block", "blocks")) of a study"
    let times = analysis.runs.map(\.record.run.startedAt).sorted()
    guard let first = times.first, let last = times.last else { return count }
    let programs = Set(analysis.runs.map { "\($0.record.program) \($0.record.version)" })
    let period = first == last ? "started at \(first)" : "started from \(first) to \(last)"
    return "\(count)\(blocks) of \(programs.sorted().joined(separator: ", ")), \(period)."
  }
}

/// Lines of a list; a section of the template that is left out where there are none.
struct PageList {
  let items: [String]

  /// Nil without items.
  init?(_ items: [String]) {
    guard !items.isEmpty else { return nil }
    self.items = items
  }
}

/// A chart with the sentence below it.
struct FigureContext {
  /// Printed as it is: only the module Charts makes it.
  let svg: String
  let caption: String
}
