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

  private var hasModes: Bool { work.rows.contains { $0.leaves != nil } }
  private var target: Double? { work.example.work.targetAccuracy }

  private var table: [String] {
    var numbers: [String: Int] = [:]
    var notes: [String] = []
    var layout = TextLayout(titles: titles, rows: [])
    for row in work.rows {
      for note in row.notes where numbers[note] == nil {
        notes.append(note)
        numbers[note] = notes.count
      }
      let marks = row.notes.compactMap { numbers[$0] }.map { "\($0)" }
      layout.rows.append(cells(row) + [marks.joined(separator: " ")])
    }
    var lines = [layout.plain()]
    lines += notes.enumerated().map { "  \($0.offset + 1)  \($0.element)" }
    for (mark, meaning) in [
      ("!", "does not count: see the notes"), ("*", "counts, but see the notes"),
    ] where work.rows.contains(where: { Self.mark($0) == mark }) {
      lines.append("\(mark) \(meaning)")
    }
    return lines
  }

  private var titles: [TextLayout.Title] {
    var titles: [TextLayout.Title] = [
      .init(name: "ranks"), .init(name: "nodes"), .init(name: "sync", align: .left),
      .init(name: "threads", unit: "/rank"),
    ]
    if hasModes { titles.append(.init(name: "mode", align: .left)) }
    titles += [
      .init(name: "runs"), .init(name: "training", unit: "s [low, high]"),
      .init(name: "images/s", unit: "[low, high]"), .init(name: "speedup", unit: "[low, high]"),
      .init(name: "efficiency", unit: "[low, high]"),
    ]
    if let target {
      titles.append(
        .init(name: "to \(NumberText.percent(target, 2)) %", unit: "s [low, high]"))
    }
    return titles + [.init(name: "notes", align: .left)]
  }

  /// The mark at speedup and efficiency: `!` if there are none, `*` if something differs.
  private static func mark(_ row: StudyRow) -> String {
    if row.speedup == nil { return "!" }
    return row.remarks.isEmpty ? "" : "*"
  }

  private func cells(_ row: StudyRow) -> [String] {
    let mark = Self.mark(row)
    var cells = [
      "\(row.ranks)", "\(row.nodes)", row.sync.isEmpty ? "-" : row.sync, "\(row.threads)",
    ]
    if hasModes { cells.append(row.leaves.map(ComparisonPhrases.leaves) ?? "fast") }
    cells += [
      "\(row.runs)", IntervalText.seconds(row.trainingSeconds),
      IntervalText.fixed(row.imagesPerSecond, 0), IntervalText.fixed(row.speedup, 2) + mark,
      IntervalText.fixed(row.efficiency, 3) + mark,
    ]
    if target != nil { cells.append(IntervalText.seconds(row.secondsToTarget)) }
    return cells
  }

  private static func line(_ comparison: SyncComparison) -> String {
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
