import Charts
import ScalingComparison
import TextTables

/// The ledgers of a work as bars: the percentage of p T(p) that each part takes.
enum LedgerChart {
  static func figure(_ work: StudyWork) -> FigureContext {
    let rows = work.rows.compactMap { row in row.ledger.map { (row: row, ledger: $0) } }
    let parts = LossPart.allCases.enumerated().filter { _, part in
      rows.contains { $0.ledger.entries.contains { $0.part == part } }
    }
    let bars = rows.map { row, ledger in
      StackedBars.Bar(
        label(row, ledger),
        values: parts.map { _, part in
          let entry = ledger.entries.first { $0.part == part }
          return 100 * ledger.share(of: entry?.seconds ?? 0)
        })
    }
    let chart = StackedBars(
      title: "Loss ledger of \(VerdictSentence.name(of: work))",
      description: rows.map { row, ledger in label(row, ledger) + text(ledger) }
        .joined(separator: ". "),
      axis: Axis("share of p T(p)", unit: "%"),
      parts: parts.map { StackedBars.Part(LossSentence.name(of: $1), area: $0) }, bars: bars)
    return FigureContext(
      svg: chart.svg(),
      caption: "Where the time of all ranks went beyond the time of one rank, in percent of "
        + "p T(p), means over blocks. Parts left of zero are gains. The tables below have the "
        + "numbers.")
  }

  private static func label(_ row: StudyRow, _ ledger: LossLedger) -> String {
    let share = NumberText.percent(ledger.share(of: ledger.totalSeconds), 1)
    return "\(RowText.name(row)): total \(share) %"
  }

  private static func text(_ ledger: LossLedger) -> String {
    ": "
      + ledger.entries.map {
        "\(LossSentence.name(of: $0.part)) \(NumberText.percent(ledger.share(of: $0.seconds), 1)) %"
      }.joined(separator: ", ")
  }
}
