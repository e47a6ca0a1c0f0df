import RunRecords
import TextTables

/// One device against several, aspect by aspect, filled with measured facts.
public enum AspectTable {
  /// The table for a run of several ranks beside the one-rank runs that can serve as its base.
  ///
  /// - Parameters:
  ///   - single: one-rank records; those of other work or under other conditions are no base.
  ///   - multi: the run of several ranks.
  /// - Returns: plain text, two columns of facts. Without a usable one-rank record it says why,
  ///   and by which command to make one. Rank 0 calls it.
  public static func text(single: [RunRecord], multi: RunRecord) -> String {
    let facts = AspectFacts(single: single, multi: multi)
    var layout = TextLayout(titles: titles, rows: [])
    for aspect in facts.aspects {
      let one = wrapped(aspect.single)
      let several = wrapped(aspect.multi)
      for line in 0..<max(one.count, several.count, 1) {
        layout.rows.append([
          line == 0 ? aspect.name : "", line < one.count ? one[line] : "",
          line < several.count ? several[line] : "",
        ])
      }
    }
    var lines = [layout.plainWithoutUnits()]
    if multi.config.syntheticData { lines.append(ComparisonPhrases.synthetic) }
    if facts.base.isEmpty {
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

  /// Breaks a text into lines of at most 46 characters where its words allow.
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
