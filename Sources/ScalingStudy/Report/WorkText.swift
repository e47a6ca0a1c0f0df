import ScalingComparison
import Statistics
import TextTables

/// The part of a report about one work: table, ledgers, fits, comparisons, all times.
struct WorkText {
  let work: StudyWork
  let runs: [StudyRun]

  /// Blocks of text, to be separated by empty lines.
  var sections: [String] {
    var sections = [(RowText.heading(work) + table).joined(separator: "\n")]
    if !work.comparisons.isEmpty {
      sections.append(work.comparisons.map(Self.line).joined(separator: "\n"))
    }
    sections += work.rows.compactMap { row in
      row.ledger.map { LedgerText(row: row, work: work, ledger: $0).text }
    }
    if !work.fits.isEmpty {
      sections.append(
        work.fits.flatMap { FitText.lines($0, scaling: work.scaling) }.joined(separator: "\n"))
    }
    sections.append(times)
    return sections
  }

  private var table: [String] {
    let table = WorkTable(work)
    var lines = [table.layout.plain()]
    lines += table.notes.enumerated().map { "  \($0.offset + 1)  \($0.element)" }
    return lines + table.legend.map { "\($0.mark) \($0.meaning)" }
  }

  /// Two exchange methods compared, as one sentence.
  static func line(_ comparison: SyncComparison) -> String {
    let verdict =
      switch comparison.verdict {
      case .faster: "significantly faster"
      case .slower: "significantly slower"
      case .noSignificantDifference: "no significant difference"
      case .tooFewBlocks: "too few blocks for a verdict"
      }
    let mode = comparison.leaves.map { ", \(ComparisonPhrases.leaves($0))" } ?? ""
    return "\(comparison.sync) on \(NumberText.count(comparison.ranks, "rank", "ranks"))"
      + (comparison.nodes > 1 ? " of \(comparison.nodes) nodes" : "")
      + " (\(NumberText.count(comparison.threads, "thread", "threads"))\(mode)): "
      + "\(IntervalText.fixed(comparison.ratio, 3)) of the time of \(comparison.reference): "
      + verdict
  }

  /// Every run's seconds, in the order of blocks.
  private var times: String {
    var lines = [
      "Training seconds of all runs in the order of blocks "
        + "(~ disturbed by other programs, in parentheses: does not count):"
    ]
    let names =
      work.rows.map { (RowText.name($0), $0.runIndices) }
      + work.localRuns.map {
        ("1 rank, batch \($0.batch), for the ledger", $0.runIndices)
      }
    let width = names.map(\.0.count).max() ?? 0
    for (name, indices) in names {
      let values = indices.map { index in
        let run = runs[index]
        let text =
          SecondsText.text(run.record.result.trainingSeconds) + (run.isDisturbed ? "~" : "")
        return run.exclusion == nil ? text : "(\(text))"
      }
      let padding = String(repeating: " ", count: width - name.count)
      lines.append("  \(name)\(padding)  \(values.joined(separator: " "))")
    }
    return lines.joined(separator: "\n")
  }
}
