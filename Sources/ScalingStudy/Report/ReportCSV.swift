import ScalingComparison
import Statistics

/// The rows of a report as comma-separated values (RFC 4180), numbers unrounded.
enum ReportCSV {
  static func text(_ analysis: StudyAnalysis) -> String {
    var lines = [columns.map(\.name)]
    for work in analysis.works {
      lines += work.rows.map { row in columns.map { $0.value(work, row) } }
    }
    return lines.map { $0.map(quoted).joined(separator: ",") }.joined(separator: "\n")
  }

  private typealias Value = @Sendable (StudyWork, StudyRow) -> String
  private typealias Column = (name: String, value: Value)

  private static let columns: [Column] = place + intervals + LossPart.allCases.map(part) + others

  private static let place: [Column] = [
    ("workHash", { work, _ in work.example.workHash }),
    ("model", { work, _ in work.model }),
    ("scaling", { work, _ in work.scaling.rawValue }),
    ("batch", { work, _ in "\(work.batch)" }),
    ("data", { work, _ in work.example.config.data }),
    ("ranks", { "\($1.ranks)" }),
    ("nodes", { "\($1.nodes)" }),
    ("sync", { $1.sync }),
    ("threads", { "\($1.threads)" }),
    ("leaves", { $1.leaves.map { "\($0)" } ?? "" }),
    ("binding", { $1.binding.rawValue }),
    ("drill", { $1.drill ?? "" }),
    ("runs", { "\($1.runs)" }),
  ]

  private static let intervals: [Column] = [
    interval("trainingSeconds") { $0.trainingSeconds },
    interval("imagesPerSecond") { $0.imagesPerSecond },
    interval("speedup") { $0.speedup },
    interval("efficiency") { $0.efficiency },
    interval("secondsToTarget") { $0.secondsToTarget },
  ].flatMap { $0 }

  private static let others: [Column] = [
    ("ledgerTotalSeconds", { number($1.ledger?.totalSeconds) }),
    ("rankSeconds", { number($1.ledger?.rankSeconds) }),
    ("loadBalance", { number($1.ledger?.factors?.loadBalance) }),
    ("communicationEfficiency", { number($1.ledger?.factors?.communicationEfficiency) }),
    ("parallelEfficiency", { number($1.ledger?.factors?.parallelEfficiency) }),
    ("computationScalability", { number($1.ledger?.factors?.computationScalability) }),
    ("sameWork", { $1.verdict?.text ?? "" }),
    ("notes", { $1.notes.joined(separator: "; ") }),
  ]

  private static func interval(
    _ name: String, _ value: @escaping @Sendable (StudyRow) -> MedianInterval?
  ) -> [Column] {
    [
      (name, { number(value($1)?.median) }), ("\(name)Low", { number(value($1)?.low) }),
      ("\(name)High", { number(value($1)?.high) }),
      ("\(name)Level", { number(value($1)?.level) }),
    ]
  }

  /// The seconds of a part of the ledger, such as in the column `ledgerTransferSeconds`.
  private static func part(_ part: LossPart) -> Column {
    let name = part.rawValue.prefix(1).uppercased() + part.rawValue.dropFirst()
    return (
      "ledger\(name)Seconds",
      { _, row in number(row.ledger?.entries.first { $0.part == part }?.seconds) }
    )
  }

  private static func number(_ value: Double?) -> String { value.map { "\($0)" } ?? "" }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"".contains($0) || $0.isNewline }) else { return field }
    return "\"\(field.replacing("\"", with: "\"\""))\""
  }
}
