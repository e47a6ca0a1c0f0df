import TextTables

/// A comparison as plain text or as Markdown.
enum ComparisonText {
  static func plain(_ comparison: Comparison) -> String {
    sections(comparison) { group in
      var numbers: [String: Int] = [:]
      var notes: [String] = []
      var layout = TextLayout(titles: titles, rows: [])
      for row in group.rows {
        for note in row.notes where numbers[note] == nil {
          notes.append(note)
          numbers[note] = notes.count
        }
        let marks = row.notes.compactMap { numbers[$0] }.map { "\($0)" }
        layout.rows.append(cells(row) + [marks.joined(separator: " ")])
      }
      return [layout.plain()] + notes.enumerated().map { "  \($0.offset + 1)  \($0.element)" }
    }
  }

  static func markdown(_ comparison: Comparison) -> String {
    sections(comparison, gap: "\n\n") { group in
      let rows = group.rows.map { cells($0) + [$0.notes.joined(separator: "; ")] }
      return [TextLayout(titles: titles, rows: rows).markdown()]
    }
  }

  private static func sections(
    _ comparison: Comparison, gap: String = "\n", table: (ComparisonGroup) -> [String]
  ) -> String {
    guard !comparison.groups.isEmpty else { return "No records to compare." }
    return comparison.groups.map { group in
      var lines = [heading(group)]
      if group.syntheticData { lines.append(ComparisonPhrases.synthetic) }
      lines.append(table(group).joined(separator: "\n"))
      lines += legend(group)
      return lines.joined(separator: gap)
    }.joined(separator: "\n\n")
  }

  private static func heading(_ group: ComparisonGroup) -> String {
    let work = group.work
    let batch =
      group.scaling == .weak
      ? "batch per rank \(work.batchPerRank.map { "\($0)" } ?? "-")"
      : "global batch \(work.globalBatch.map { "\($0)" } ?? "-")"
    let length =
      work.steps.map { NumberText.count($0, "step", "steps") }
      ?? NumberText.count(work.epochs, "epoch", "epochs")
    return "\(group.model), \(group.scaling.rawValue) scaling, \(batch), \(length), "
      + "seed \(work.seed), data \(group.data) "
      + "(\(work.trainingSamples) training and \(work.testSamples) test images)"
  }

  private static func legend(_ group: ComparisonGroup) -> [String] {
    var lines: [String] = []
    for (mark, meaning) in [
      ("!", "does not count: see the notes"), ("*", "counts, but see the notes"),
    ] where group.rows.contains(where: { Self.mark($0) == mark }) {
      lines.append("\(mark) \(meaning)")
    }
    lines += group.sameCores.map(\.text)
    lines += group.reproducibilityCosts.map(\.text)
    for command in group.baselineCommands {
      lines.append("To make the missing one-rank run: \(command)")
    }
    return lines
  }

  private static let titles: [TextLayout.Title] = [
    .init(name: "ranks"), .init(name: "nodes"), .init(name: "hosts", align: .left),
    .init(name: "threads", unit: "/rank"), .init(name: "binding", align: .left),
    .init(name: "sync", align: .left), .init(name: "mode", align: .left),
    .init(name: "batch", unit: "global"),
    .init(name: "training", unit: "s"),
    .init(name: "images/s"), .init(name: "speedup"), .init(name: "efficiency"),
    .init(name: "comm.", unit: "%"), .init(name: "accuracy", unit: "%"),
    .init(name: "loss", unit: "final"), .init(name: "notes", align: .left),
  ]

  /// The mark at a row's speedup and efficiency: `!` if there are none, `*` if differences remain.
  private static func mark(_ row: ComparisonRow) -> String {
    guard !row.differences.isEmpty else { return "" }
    return row.speedup == nil ? "!" : "*"
  }

  /// All cells of a row except its notes.
  private static func cells(_ row: ComparisonRow) -> [String] {
    let mark = Self.mark(row)
    return [
      "\(row.ranks)", "\(row.nodes)", hosts(row.hosts), "\(row.threadsPerRank)",
      row.binding.rawValue, row.sync.isEmpty ? "-" : row.sync,
      row.leaves.map(ComparisonPhrases.leaves) ?? "fast", "\(row.globalBatch)",
      SecondsText.text(row.trainingSeconds),
      NumberText.fixed(row.imagesPerSecond, 0),
      NumberText.fixed(row.speedup, 2) + mark, NumberText.fixed(row.efficiency, 2) + mark,
      NumberText.percent(row.communicationShare, 1), NumberText.percent(row.testAccuracy, 2),
      NumberText.fixed(row.finalLoss, 4),
    ]
  }

  private static func hosts(_ hosts: [String]) -> String {
    let names = hosts.map(ComparisonPhrases.shortHost)
    guard names.count > 2 else { return names.joined(separator: ",") }
    return "\(names[0]) +\(names.count - 1)"
  }
}
