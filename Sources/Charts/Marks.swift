/// The shape of a point; series have different ones.
enum Shape: CaseIterable {
  case circle, square, triangle, diamond, downTriangle

  /// The shape of the series with a number from 0; shapes repeat after the last.
  init(_ index: Int) {
    let all = Shape.allCases
    self = all[((index % all.count) + all.count) % all.count]
  }

  /// The outline around a centre as part of a path; the areas of all shapes are about equal.
  func path(at centre: Position, radius: Double) -> String {
    let (x, y) = (centre.x, centre.y)
    switch self {
    case .circle:
      let r = Coordinate.text(radius)
      let width = Coordinate.text(2 * radius)
      return "M\(Coordinate.list(x - radius, y))a\(r) \(r) 0 1 0 \(width) 0"
        + "a\(r) \(r) 0 1 0 -\(width) 0z"
    case .square:
      let half = 0.9 * radius
      return Rectangle(x: x - half, y: y - half, width: 2 * half, height: 2 * half).path
    case .triangle: return Self.polygon(x, y, [(0, -1.25), (1.15, 0.8), (-1.15, 0.8)], radius)
    case .downTriangle: return Self.polygon(x, y, [(0, 1.25), (1.15, -0.8), (-1.15, -0.8)], radius)
    case .diamond: return Self.polygon(x, y, [(0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0)], radius)
    }
  }

  private static func polygon(
    _ x: Double, _ y: Double, _ corners: [(Double, Double)], _ radius: Double
  ) -> String {
    PathText.line(corners.map { Position(x: x + $0.0 * radius, y: y + $0.1 * radius) }) + "z"
  }
}

/// Marks that charts draw, each as one element.
enum Marks {
  /// Points of a series, small beside the points that stand for them; a hollow point has no filling.
  ///
  /// Points at the same place are drawn once.
  static func points(
    _ positions: [Position], series: Int, isLarge: Bool, isHollow: Bool
  ) -> Element? {
    let radius = isLarge ? 3 : 1.8
    var seen = Set<String>()
    let paths = positions.map { Shape(series).path(at: $0, radius: radius) }
      .filter { seen.insert($0).inserted }
    guard !paths.isEmpty else { return nil }
    let colour = SeriesColour.css(series)
    return Element(
      "path",
      [
        "d": paths.joined(), "stroke-width": "0.8",
        "style": "fill:\(isHollow ? "none" : colour);stroke:\(colour)",
        "opacity": isLarge || isHollow ? "1" : "0.55",
      ])
  }

  /// A line through positions; nil for fewer than two.
  static func line(_ path: String, css: String, dash: Dash, width: Double = 1.5) -> Element? {
    guard !path.isEmpty else { return nil }
    return Element(
      "path",
      [
        "d": path, "fill": "none", "style": "stroke:\(css)",
        "stroke-width": Coordinate.text(width), "stroke-dasharray": dash.pattern,
        "stroke-linecap": dash == .dotted ? "round" : "butt", "stroke-linejoin": "round",
      ])
  }

  /// An interval as a bar with ends, upright at `x`.
  static func interval(x: Double, from low: Double, to high: Double, series: Int) -> Element {
    let half = 4.0
    let end = "h\(Coordinate.text(2 * half))"
    let path =
      "M\(Coordinate.list(x - half, low))\(end)M\(Coordinate.list(x, low))"
      + "V\(Coordinate.text(high))M\(Coordinate.list(x - half, high))\(end)"
    return Element(
      "path",
      [
        "d": path, "fill": "none", "stroke-width": "1.5",
        "style": "stroke:\(SeriesColour.css(series))",
      ])
  }
}

extension Marks {
  /// The large point that stands for several runs; `note` is shown beside a pointer.
  static func summary(at centre: Position, series: Int, note: String) -> Element {
    Element(
      "path",
      [
        "d": Shape(series).path(at: centre, radius: 4),
        "style": "fill:\(SeriesColour.css(series));stroke:var(--chart-paper,#fff)",
        "stroke-width": "0.8",
      ], note.isEmpty ? [] : [Element("title", text: note)])
  }
}
