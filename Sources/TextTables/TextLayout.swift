import TextTable

/// A table of strings with a title for each column, laid out by the package TextTable.
public struct TextLayout {
  /// The side to which the strings of a column are aligned.
  public enum Align: Sendable {
    case left, right

    fileprivate var library: Alignment { self == .left ? .left : .right }
  }

  /// The title of a column.
  public struct Title: Sendable {
    public let name: String
    public let unit: String
    public let align: Align

    /// A title, with the unit that is printed below it.
    public init(name: String, unit: String = "", align: Align = .right) {
      self.name = name
      self.unit = unit
      self.align = align
    }
  }

  public let titles: [Title]
  /// The rows; each has one string for each title.
  public var rows: [[String]]

  /// A table with these titles and rows.
  public init(titles: [Title], rows: [[String]]) {
    self.titles = titles
    self.rows = rows
  }

  /// The table as plain text: titles, units below them, a rule, the rows.
  ///
  /// No line has spaces at its end, and the last line has no line break.
  public func plain() -> String {
    render([titles.map(\.unit)] + rows, style: UnitsStyle.self)
  }

  /// The table as plain text without the row of units.
  public func plainWithoutUnits() -> String { render(rows, style: Style.simple) }

  /// The table in Markdown, with the unit in parentheses after each title.
  public func markdown() -> String {
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

/// The package's simple style, with the rule below the first row, which contains the units.
private enum UnitsStyle: TextTableStyle {
  public static func prepare(_ text: String, for column: Column) -> String {
    Style.simple.prepare(text, for: column)
  }
  public static func escape(_ text: String) -> String { text }
  public static func begin(_ table: inout String, index: Int, columns: [Column]) {}
  public static func end(_ table: inout String, index: Int, columns: [Column]) {}

  public static func header(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.headerString(for: self) }.joined(separator: " ") + "\n"
  }

  public static func row(_ table: inout String, index: Int, columns: [Column]) {
    table += columns.map { $0.string(for: self) }.joined(separator: " ") + "\n"
    if index == 0 { table += columns.map { $0.repeated("-") }.joined(separator: " ") + "\n" }
  }
}
