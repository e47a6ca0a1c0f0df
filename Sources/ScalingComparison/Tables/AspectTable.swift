import RunRecords
import TextTables

/// The table that compares one device with several, one aspect per row, at the end of a run.
public enum AspectTable {
  /// The table for a run of several ranks and its baseline; rank 0 calls it.
  ///
  /// - Parameters:
  ///   - single: one-rank records, to be searched for the baseline.
  ///   - multi: the run of several ranks.
  /// - Returns: plain text with two columns of facts. Without a baseline it has the reason, and the
  ///   command that makes one.
  public static func text(single: [RunRecord], multi: RunRecord) -> String {
    let content = AspectTableRows(single: single, multi: multi)
    var layout = TextLayout(titles: titles, rows: [])
    for row in content.rows {
      let one = wrapped(row.single)
      let several = wrapped(row.multi)
      for line in 0..<max(one.count, several.count, 1) {
        layout.rows.append([
          line == 0 ? row.name : "", line < one.count ? one[line] : "",
          line < several.count ? several[line] : "",
        ])
      }
    }
    var lines = [layout.plainWithoutUnits()]
    if multi.config.syntheticData { lines.append(ComparisonPhrases.synthetic) }
    if content.base.isEmpty {
      lines += Comparison(records: single + [multi]).groups.flatMap(\.sameCores)
        .filter { $0.alternatives.contains { $0.runIDs.contains(multi.run.id) } }.map(\.text)
      if let command = BaselineCommand.text(for: multi) {
        lines.append("To make the missing one-rank run: \(command)")
      }
    }
    return lines.joined(separator: "\n")
  }

  private static let titles: [TextLayout.Title] = [
    .init(name: "aspect", align: .left), .init(name: "single device", align: .left),
    .init(name: "multiple devices", align: .left),
  ]

  /// Breaks each string into lines of at most 46 characters; longer words are not broken.
  private static func wrapped(_ texts: [String]) -> [String] {
    texts.flatMap { text in
      var lines: [String] = []
      for word in text.split(separator: " ") {
        if let last = lines.last, last.count + 1 + word.count <= 46 {
          lines[lines.count - 1] = "\(last) \(word)"
        } else {
          lines.append(String(word))
        }
      }
      return lines
    }
  }
}
