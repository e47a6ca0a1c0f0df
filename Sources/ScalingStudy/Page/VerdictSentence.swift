import RunRecords
import ScalingComparison
import Statistics
import TextTables

/// What the runs of a work say about scaling, in one sentence.
struct VerdictSentence {
  private let work: StudyWork

  init(_ work: StudyWork) { self.work = work }

  /// The sentence, which also says where it rests on too little.
  var text: String {
    let name = Self.name(of: work)
    if let best { return "\(name): \(comparison(best))." }
    guard let row = work.rows.last(where: { $0.ranks > 1 }) else {
      return "\(name): only runs of one rank, so there is nothing to compare."
    }
    return "\(name): \(withoutComparison(row))."
  }

  /// `cnn, strong scaling, global batch 64`.
  static func name(of work: StudyWork) -> String {
    let batch = work.scaling == .strong ? "global batch" : "batch per rank"
    return "\(work.model), \(work.scaling.rawValue) scaling, \(batch) \(work.batch)"
  }

  private var compared: [StudyRow] {
    work.rows.filter { $0.ranks > 1 && $0.speedup != nil && $0.efficiency != nil }
  }

  /// Of the rows with the most ranks the one with the largest speedup.
  private var best: StudyRow? {
    let ranks = compared.map(\.ranks).max()
    return compared.filter { $0.ranks == ranks }
      .max { ($0.speedup?.median ?? 0) < ($1.speedup?.median ?? 0) }
  }

  private func comparison(_ row: StudyRow) -> String {
    let others = compared.filter { $0.ranks == row.ranks }.count
    let choice = others > 1 ? " (the fastest of \(others) rows with as many ranks)" : ""
    var parts = [
      "with \(RowText.name(row))\(choice), the efficiency is "
        + "\(IntervalText.fixed(row.efficiency, 3)) (\(basis(row))) and the speedup "
        + "\(NumberText.fixed(row.speedup?.median, 2)), \(significance(row))"
    ]
    if let ledger = row.ledger { parts.append(loss(ledger)) }
    if row.remarks.contains(StudyRow.disturbed) {
      parts.append("other programs disturbed these runs, and there are no undisturbed ones")
    }
    let larger = work.rows.filter { $0.ranks > row.ranks }
    if !larger.isEmpty {
      let most = larger.map(\.ranks).max() ?? 0
      parts.append("rows of up to \(most) ranks have no speedup (see the notes)")
    }
    return parts.joined(separator: "; ")
  }

  private func basis(_ row: StudyRow) -> String {
    guard let speedup = row.speedup, row.runs > 1 else { return "a single run" }
    if let level = speedup.level {
      return "\(NumberText.percent(level, 1)) % interval of \(speedup.count) blocks"
    }
    return speedup.count > 1
      ? "the range of \(speedup.count) blocks" : "from medians of \(row.runs) runs, no interval"
  }

  private func significance(_ row: StudyRow) -> String {
    guard let speedup = row.speedup, speedup.level != nil else {
      return "with too few blocks to say whether that is significant"
    }
    if speedup.low > 1 { return "a significant gain" }
    return speedup.high < 1 ? "a significant loss" : "no significant difference"
  }

  private func loss(_ ledger: LossLedger) -> String {
    guard let largest = ledger.largest else { return "no part of the ledger is a loss" }
    return "the largest part of the loss is \(LossSentence.name(of: largest.part)), "
      + "\(NumberText.percent(ledger.share(of: largest.seconds), 1)) % of p T(p)"
  }

  private func withoutComparison(_ row: StudyRow) -> String {
    var parts: [String] = []
    if let drill = row.drill {
      parts.append(
        "\(RowText.name(row)) is a drill: the fault \(drill) was injected, so the times are no "
          + "measurement and there is no efficiency")
    } else {
      parts.append(
        "\(RowText.name(row)) has no efficiency: "
          + (row.faults.isEmpty ? "see the notes" : row.faults.joined(separator: "; ")))
    }
    if let ledger = row.ledger { parts.append(loss(ledger)) }
    return parts.joined(separator: "; ")
  }
}
