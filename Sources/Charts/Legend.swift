/// What the marks of a chart mean: samples with names, in rows below it.
struct Legend {
  /// What an entry shows.
  enum Sample {
    /// The point of a series with its interval.
    case series(Int)
    /// One of the values of a series; large where the series has no others.
    case single(Int, isLarge: Bool, isHollow: Bool)
    case line(css: String, dash: Dash)
    case area(Int)
  }

  /// A sample with its name.
  struct Entry {
    let sample: Sample
    let name: String
  }

  static let rowHeight = 17.0
  private static let sampleWidth = 24.0
  private static let gap = 14.0

  private let placed: [(entry: Entry, text: String, x: Double, row: Int)]
  private let rows: Int

  /// Lays entries out in rows of a width; a name that is wider than a row is cut.
  init(_ entries: [Entry], width: Double) {
    var placed: [(entry: Entry, text: String, x: Double, row: Int)] = []
    var (x, row) = (0.0, 0)
    for entry in entries {
      let text = TextWidth.cut(entry.name, to: width - Self.sampleWidth)
      let needed = Self.sampleWidth + TextWidth.of(text)
      if x > 0, x + needed > width { (x, row) = (0, row + 1) }
      placed.append((entry, text, x, row))
      x += needed + Self.gap
    }
    self.placed = placed
    rows = entries.isEmpty ? 0 : row + 1
  }

  var height: Double { Double(rows) * Self.rowHeight }

  /// The legend with its upper left corner at a place.
  func draw(x: Double, y: Double) -> [Element] {
    placed.flatMap { item in
      let left = x + item.x
      let middle = y + (Double(item.row) + 0.5) * Self.rowHeight
      return Self.sample(item.entry.sample, left, middle) + [
        Element(
          "text",
          ["x": Coordinate.text(left + Self.sampleWidth), "y": Coordinate.text(middle + 4)],
          text: item.text)
      ]
    }
  }

  private static func sample(_ sample: Sample, _ left: Double, _ middle: Double) -> [Element] {
    let centre = Position(x: left + 9, y: middle)
    switch sample {
    case .series(let index):
      return [
        Marks.interval(x: centre.x, from: middle - 6, to: middle + 6, series: index),
        Marks.summary(at: centre, series: index, note: ""),
      ]
    case .single(let index, let isLarge, let isHollow):
      let points = Marks.points([centre], series: index, isLarge: isLarge, isHollow: isHollow)
      return [points].compactMap { $0 }
    case .line(let css, let dash):
      let path = PathText.line([
        Position(x: left, y: middle), Position(x: left + 20, y: middle),
      ])
      return [Marks.line(path, css: css, dash: dash)].compactMap { $0 }
    case .area(let index):
      return [
        AreaFill(index).draw(
          Rectangle(x: left, y: middle - 6, width: 18, height: 12), title: "")
      ]
    }
  }
}

/// The width of text, estimated, because only the reader's fonts decide it.
enum TextWidth {
  /// The font size of all charts, in units of the `viewBox`.
  static let fontSize = 12.0

  /// The estimated width.
  static func of(_ text: String) -> Double {
    text.unicodeScalars.reduce(0) { $0 + ($1.value < 0x2E80 ? 0.56 : 1) * fontSize }
  }

  /// The text, or its beginning with an ellipsis where it is wider than `width`.
  static func cut(_ text: String, to width: Double) -> String {
    guard of(text) > width else { return text }
    var kept = text
    while !kept.isEmpty, of(kept) > width - fontSize { kept.removeLast() }
    return kept + "…"
  }
}
