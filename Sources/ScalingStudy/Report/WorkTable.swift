import ScalingComparison
import Statistics
import TextTables

/// The table of a work: the cells of every row, and the notes that they refer to.
struct WorkTable {
  /// Titles and cells; the last cell has the numbers of notes.
  let layout: TextLayout
  /// The notes, the first of which has the number 1.
  let notes: [String]
  /// The marks at speedups and efficiencies, with what they mean.
  let legend: [(mark: String, meaning: String)]

  init(_ work: StudyWork) {
    var numbers: [String: Int] = [:]
    var notes: [String] = []
    var rows: [[String]] = []
    for row in work.rows {
      for note in row.notes where numbers[note] == nil {
        notes.append(note)
        numbers[note] = notes.count
      }
      let marks = row.notes.compactMap { numbers[$0] }.map { "\($0)" }
      rows.append(Self.cells(row, of: work) + [marks.joined(separator: " ")])
    }
    layout = TextLayout(titles: Self.titles(work), rows: rows)
    self.notes = notes
    legend = [("!", "does not count: see the notes"), ("*", "counts, but see the notes")].filter {
      mark in work.rows.contains { Self.mark($0) == mark.0 }
    }
  }

  private static func hasModes(_ work: StudyWork) -> Bool {
    work.rows.contains { $0.leaves != nil }
  }

  private static func target(_ work: StudyWork) -> Double? { work.example.work.targetAccuracy }

  private static func titles(_ work: StudyWork) -> [TextLayout.Title] {
    var titles: [TextLayout.Title] = [
      .init(name: "ranks"), .init(name: "nodes"), .init(name: "sync", align: .left),
      .init(name: "threads", unit: "/rank"),
    ]
    if hasModes(work) { titles.append(.init(name: "mode", align: .left)) }
    titles += [
      .init(name: "runs"), .init(name: "training", unit: "s [low, high]"),
      .init(name: "images/s", unit: "[low, high]"), .init(name: "speedup", unit: "[low, high]"),
      .init(name: "efficiency", unit: "[low, high]"),
    ]
    if let target = target(work) {
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

  private static func cells(_ row: StudyRow, of work: StudyWork) -> [String] {
    let mark = mark(row)
    var cells = [
      "\(row.ranks)", "\(row.nodes)", row.sync.isEmpty ? "-" : row.sync, "\(row.threads)",
    ]
    if hasModes(work) { cells.append(row.leaves.map(ComparisonPhrases.leaves) ?? "fast") }
    cells += [
      "\(row.runs)", IntervalText.seconds(row.trainingSeconds),
      IntervalText.fixed(row.imagesPerSecond, 0), IntervalText.fixed(row.speedup, 2) + mark,
      IntervalText.fixed(row.efficiency, 3) + mark,
    ]
    if target(work) != nil { cells.append(IntervalText.seconds(row.secondsToTarget)) }
    return cells
  }
}
