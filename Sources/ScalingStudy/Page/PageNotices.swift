import TextTables

/// Sentences on what limits all figures of a page.
enum PageNotices {
  static func list(_ analysis: StudyAnalysis) -> [String] {
    let rows = analysis.works.flatMap(\.rows)
    let compared = rows.filter { $0.ranks > 1 && $0.speedup != nil }
    var notices: [String] = []
    if analysis.works.isEmpty { notices.append("No records to report.") }
    let withInterval = compared.filter { $0.speedup?.level != nil }.count
    if compared.isEmpty, !rows.isEmpty {
      notices.append("No row has a speedup; the notes below each table say why.")
    } else if withInterval == 0, !compared.isEmpty {
      notices.append(
        "No speedup or efficiency on this page has a confidence interval, because none comes from "
          + "six or more blocks. Numbers in brackets are ranges, and a number without brackets is "
          + "a single value: nothing here shows that a difference is significant.")
    } else if withInterval < compared.count {
      notices.append(
        "\(NumberText.count(compared.count - withInterval, "row has", "rows have")) no confidence "
          + "interval, because fewer than six blocks count.")
    }
    let drills = analysis.runs.filter { $0.validity == .drill }.count
    if drills > 0 {
      notices.append(
        "In \(NumberText.count(drills, "run", "runs")) a fault was injected (a drill): their times "
          + "are no measurements.")
    }
    let invalid = analysis.runs.filter { $0.validity == .invalid }.count
    if invalid > 0 {
      notices.append(
        "\(NumberText.count(invalid, "run is", "runs are")) no valid measurement; the table of runs "
          + "says why.")
    }
    return notices
  }
}
