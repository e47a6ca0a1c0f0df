import ScalingProjection
import TextTables

/// A report as plain text.
struct ReportText {
  private let report: StudyReport

  init(_ report: StudyReport) { self.report = report }

  var text: String {
    let analysis = report.analysis
    var sections: [String] = []
    for work in analysis.works {
      sections += WorkText(work: work, runs: analysis.runs).sections
    }
    if analysis.works.isEmpty { sections.append("No records to report.") }
    sections += report.projections.map { ProjectionTable($0).text }
    sections += [list("Runs disturbed by other programs", disturbed)]
    sections += [list("Failed runs, which have no record", failures)]
    sections += [list("Findings of doctor before the first block", report.findings)]
    if !analysis.works.isEmpty {
      sections.append(study.joined(separator: "\n"))
      sections.append("Method. \(Method.text)")
    }
    return sections.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  private func list(_ title: String, _ lines: [String]) -> String {
    lines.isEmpty ? "" : "\(title):\n" + lines.map { "  \($0)" }.joined(separator: "\n")
  }

  /// Blocks and the stopping rule.
  var study: [String] {
    let analysis = report.analysis
    var lines: [String] = []
    if analysis.blocks > 0 {
      lines.append(
        "\(NumberText.count(analysis.blocks, "block", "blocks")); other programs disturbed runs in "
          + "\(analysis.disturbedBlocks), and a study repeats such blocks.")
    }
    let unknown = analysis.runs.count { $0.othersShare == nil }
    if unknown > 0 {
      lines.append(
        "The load by other programs is not known of \(NumberText.count(unknown, "run", "runs")): it is "
          + "measured in trainings of half a second or more.")
    }
    lines.append("Stopping rule: \(report.end?.text ?? "not known, as no plan is at hand.")")
    return lines
  }

  private var disturbed: [String] {
    report.analysis.runs.filter(\.isDisturbed).map { run in
      let place =
        run.record.study.map { ", \($0.configuration), block \($0.block)" } ?? ""
      return "\(run.file)\(place): \(run.reasons.joined(separator: "; "))"
    }
  }

  private var failures: [String] {
    report.failures.map {
      "\($0.configuration), block \($0.block), attempt \($0.attempt): exit code \($0.exitCode), "
        + "output in \($0.file)"
    }
  }
}
