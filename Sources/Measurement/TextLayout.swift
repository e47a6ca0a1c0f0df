import TextTable

/// Rows of text under titles, laid out by the table library.
struct TextLayout {
  /// The side that a column leans to.
  enum Align: Sendable {
    case left, right

    fileprivate var library: Alignment { self == .left ? .left : .right }
  }

  struct Title: Sendable {
    let name: String
    var unit = ""
    var align = Align.right
  }

  let titles: [Title]
  var rows: [[String]]

  /// Plain text: titles, units below them, a rule, the rows.
  ///
  /// It ends without a line break.
  func plain() -> String {
    render([titles.map(\.unit)] + rows, style: UnitsStyle.self)
  }

  /// Plain text without a row of units.
  func plainWithoutUnits() -> String { render(rows, style: Style.simple) }

  /// A table as Markdown has it, with the unit behind each title.
  func markdown() -> String {
    let named = titles.map {
      Title(name: $0.unit.isEmpty ? $0.name : "\($0.name) (\($0.unit))", align: $0.align)
    }
    let escaped = rows.map { $0.map { $0.replacing("|", with: "\\|") } }
    return TextLayout(titles: named, rows: escaped).render(escaped, style: Style.pipe)
  }

  private func render(_ rows: [[String]], style: any TextTableStyle.Type) -> String {
    let table = TextTable<[String]> { row in
      zip(titles, row).map { Column(title: $0.name, value: $1, align: $0.align.library) }
    }
    let lines = (table.string(for: rows, style: style) ?? "").split(separator: "\n")
    return lines.map { line in
      String(line[..<(line.lastIndex { $0 != " " }.map(line.index(after:)) ?? line.startIndex)])
    }.joined(separator: "\n")
  }
}

/// The library's simple style with its rule below the first row, which holds the units.
private enum UnitsStyle: TextTableStyle {
  static func prepare(_ text: String, for column: Column) -> String {
    Style.simple.prepare(text, for: column)
  }
  static func escape(_ text: String) -> String { text }
  static func begin(_ table: inout String, index: Int, columns: [Column]) {}
  static func end(_ table: inout String, index: Int, columns: [Column]) {}

  static func header(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.headerString(for: self) }.joined(separator: " ") + "\n"
  }

  static func row(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.string(for: self) }.joined(separator: " ") + "\n"
    if index == 0 { table += columns.map { $0.repeated("-") }.joined(separator: " ") + "\n" }
  }
}
