import TextTable

/// Rows of text under titles, laid out by the table library.
public struct TextLayout {
  /// The side that a column leans to.
  public enum Align: Sendable {
    case left, right

    fileprivate var library: Alignment { self == .left ? .left : .right }
  }

  /// The head of a column.
  public struct Title: Sendable {
    let name: String
    let unit: String
    let align: Align

    /// A title with the unit that stands below it.
    public init(name: String, unit: String = "", align: Align = .right) {
      self.name = name
      self.unit = unit
      self.align = align
    }
  }

  public let titles: [Title]
  /// One text for each title in every row.
  public var rows: [[String]]

  /// A table of these rows.
  public init(titles: [Title], rows: [[String]]) {
    self.titles = titles
    self.rows = rows
  }

  /// Plain text: titles, units below them, a rule, the rows.
  ///
  /// It ends without a line break.
  public func plain() -> String {
    render([titles.map(\.unit)] + rows, style: UnitsStyle.self)
  }

  /// Plain text without a row of units.
  public func plainWithoutUnits() -> String { render(rows, style: Style.simple) }

  /// A table as Markdown has it, with the unit behind each title.
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

/// The library's simple style with its rule below the first row, which holds the units.
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
