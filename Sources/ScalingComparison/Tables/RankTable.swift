import RunRecords
import Statistics
import TextTables

/// The table at the end of a run: one row per rank, then minimum, mean and maximum.
public enum RankTable {
  /// The table as plain text, followed by the imbalance and notes on columns.
  ///
  /// Rank 0 calls it.
  public static func text(_ record: RunRecord) -> String {
    let ranks = record.ranks
    let whole = record.result.trainingSeconds
    var layout = TextLayout(titles: titles, rows: ranks.map { row($0, of: whole) })
    for (label, summary) in summaries {
      layout.rows.append(summaryRow(label, ranks, of: whole, summary))
    }
    var lines = [layout.plain()]
    lines.append(imbalance(of: ranks))
    lines.append(
      "wait, transfer: the two parts of the all-reduce, before and after the last rank's arrival.")
    lines += fusedPhases(of: ranks)
    if record.config.bucketBytes != nil, ranks.count > 1 {
      lines.append(
        "backward: without the time in which gradients of other layers were exchanged.")
    }
    if let drill = record.drill {
      lines.append("Drill: \(drill): not a measurement.")
    }
    if record.config.syntheticData { lines.append(ComparisonPhrases.synthetic) }
    return lines.joined(separator: "\n")
  }

  private static let phases: [(phase: Phase, title: String)] = [
    (.load, "load"), (.forward, "forward"), (.backward, "backward"), (.allReduceWait, "wait"),
    (.allReduceTransfer, "transfer"), (.update, "update"), (.evaluate, "evaluate"),
  ]

  private static let summaries: [(String, @Sendable ([Double]) -> Double?)] = [
    ("min", SampleStatistics.minimum), ("mean", SampleStatistics.mean),
    ("max", SampleStatistics.maximum),
  ]

  private static var titles: [TextLayout.Title] {
    [
      .init(name: "rank", align: .left), .init(name: "host", align: .left),
      .init(name: "device", align: .left), .init(name: "cores", align: .left),
      .init(name: "threads"), .init(name: "samples"),
    ] + phases.map { .init(name: $0.title, unit: "s") } + [
      .init(name: "other", unit: "s"), .init(name: "images/s"),
    ]
  }

  private static func row(_ rank: RankRecord, of whole: Double) -> [String] {
    return [
      "\(rank.rank)", ComparisonPhrases.shortHost(rank.host), rank.device,
      NumberText.ranges(rank.cores),
      "\(rank.threads)",
      "\(rank.samples)",
    ] + phases.map { SecondsText.text(rank.phases[$0.phase], of: whole) } + [
      SecondsText.text(rank.otherSeconds, of: whole), NumberText.fixed(rank.imagesPerSecond, 0),
    ]
  }

  private static func summaryRow(
    _ label: String, _ ranks: [RankRecord], of whole: Double, _ summary: ([Double]) -> Double?
  ) -> [String] {
    [label, "", "", "", "", NumberText.fixed(summary(ranks.map { Double($0.samples) }), 0)]
      + phases.map { column in
        SecondsText.text(summary(ranks.map { $0.phases[column.phase] }), of: whole)
      } + [
        SecondsText.text(summary(ranks.map(\.otherSeconds)), of: whole),
        NumberText.fixed(summary(ranks.map(\.imagesPerSecond)), 0),
      ]
  }

  /// One line for each set of phases that a device executes together.
  private static func fusedPhases(of ranks: [RankRecord]) -> [String] {
    Set(ranks.compactMap(\.fusedPhases)).map { fused in
      let names = fused.dropLast().map(\.rawValue).joined(separator: ", ")
      return "\(fused.last?.rawValue ?? ""): with \(names), together on the device."
    }.sorted()
  }

  private static func imbalance(of ranks: [RankRecord]) -> String {
    let compute = ranks.map(\.phases.compute)
    let value = SampleStatistics.maximum(compute).flatMap { largest in
      SampleStatistics.mean(compute).flatMap { SampleStatistics.ratio(largest, $0) }
    }
    return "Imbalance: \(NumberText.fixed(value, 3)) "
      + "(max/mean of compute time = load + forward + backward + update)"
  }
}
