import RunRecords
import ScalingComparison
import TextTables

/// The ledger of one row: where the time of several ranks went.
struct LedgerText {
  let row: StudyRow
  let work: StudyWork
  let ledger: LossLedger

  var text: String {
    (["Loss ledger of " + heading] + remarks + [table] + [factors].compactMap { $0 })
      .joined(separator: "\n")
  }

  /// What has to be known before the table is read.
  var remarks: [String] {
    var lines: [String] = []
    if row.drill != nil {
      lines.append("A drill: a fault was injected; these are no measurements.")
    }
    if !ledger.fusedPhases.isEmpty {
      let names = ledger.fusedPhases.map(\.rawValue).joined(separator: ", ")
      lines.append("The device executes \(names) together: their time counts as computation.")
    }
    return lines
  }

  /// The row, p T(p), and how much more that is than one rank needs.
  var heading: String {
    let isGain = ledger.totalSeconds < 0
    let mean =
      ledger.blocks == 1
      ? "1 run" : "means over \(ledger.blocks) \(row.isFromBlocks ? "blocks" : "runs")"
    return "\(RowText.name(row)): \(row.ranks) T(\(row.ranks)) = "
      + "\(seconds(ledger.rankSeconds)) s, \(seconds(abs(ledger.totalSeconds))) s "
      + "(\(share(abs(ledger.totalSeconds))) %) \(isGain ? "less" : "more") than one rank needs"
      + "\(work.scaling == .weak ? " for as many images" : ""); \(mean)"
  }

  private var table: String {
    let titles: [TextLayout.Title] = [
      .init(name: "part", align: .left), .init(name: "time", unit: "s"),
      .init(name: "share", unit: "% of p T(p)"), .init(name: "range", unit: "s"),
      .init(name: "meaning, and what to try", align: .left),
    ]
    var rows = ledger.entries.flatMap(rows)
    rows.append(total)
    return TextLayout(titles: titles, rows: rows).plain()
  }

  /// The row of a part, and further rows for the rest of a long sentence.
  private func rows(_ entry: LossLedger.Entry) -> [[String]] {
    let cells = cells(entry)
    let lines = LineWrap.lines(of: cells.last ?? "", width: Self.sentenceWidth)
    let numbers = Array(cells.dropLast())
    return lines.enumerated().map { index, line in
      (index == 0 ? numbers : numbers.map { _ in "" }) + [line]
    }
  }

  /// Name, seconds, share, range, and the sentence of a part.
  func cells(_ entry: LossLedger.Entry) -> [String] {
    [
      LossSentence.name(of: entry.part), seconds(entry.seconds), share(entry.seconds),
      ledger.blocks == 1 ? "-" : "\(seconds(entry.low)) to \(seconds(entry.high))",
      LossSentence(entry, row: row, work: work, ledger: ledger).text,
    ]
  }

  /// The same of the sum of all parts.
  var total: [String] {
    [
      "total", seconds(ledger.totalSeconds), share(ledger.totalSeconds), "",
      work.scaling == .strong
        ? "p T(p) - T(1)" : "p T(p) - f T(1), f = the ratio of the samples trained",
    ]
  }

  /// Characters of a sentence in one line, so that a table has about 120.
  private static let sentenceWidth = 72

  private func share(_ seconds: Double) -> String {
    Self.withoutNegativeZero(NumberText.percent(ledger.share(of: seconds), 1))
  }

  private func seconds(_ value: Double) -> String {
    Self.withoutNegativeZero(SecondsText.text(value, of: ledger.rankSeconds))
  }

  private static func withoutNegativeZero(_ number: String) -> String {
    number.allSatisfy { "-0.".contains($0) } ? number.replacing("-", with: "") : number
  }

  /// The POP factors as one sentence; nil if there are none.
  var factors: String? { ledger.factors.map(Self.line) }

  private static func line(_ factors: POPFactors) -> String {
    func text(_ value: Double) -> String { NumberText.fixed(value, 3) }
    return "POP factors: parallel efficiency \(text(factors.parallelEfficiency)) = load balance "
      + "\(text(factors.loadBalance)) x communication efficiency "
      + "\(text(factors.communicationEfficiency)); computation scalability "
      + text(factors.computationScalability)
  }
}
