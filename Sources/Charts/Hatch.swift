/// Lines that fill a rectangle.
///
/// They are drawn line by line. A `pattern` of SVG would need an identifier that is unique in the
/// page, and some printers drop it.
enum Hatch {
  case none, rising, falling, crossed, level, upright

  private static let distance = 6.0

  /// The lines inside a rectangle as a path; empty for none, and where it is too narrow.
  func path(_ area: Rectangle) -> String {
    guard area.width >= 1, area.height >= 1 else { return "" }
    switch self {
    case .none: return ""
    case .rising: return Self.diagonals(area, rises: true)
    case .falling: return Self.diagonals(area, rises: false)
    case .crossed: return Self.diagonals(area, rises: true) + Self.diagonals(area, rises: false)
    case .level:
      return Self.steps(area.height).map {
        "M\(Coordinate.list(area.x, area.y + $0))h\(Coordinate.text(area.width))"
      }.joined()
    case .upright:
      return Self.steps(area.width).map {
        "M\(Coordinate.list(area.x + $0, area.y))v\(Coordinate.text(area.height))"
      }.joined()
    }
  }

  private static func steps(_ length: Double) -> [Double] {
    Array(stride(from: distance / 2, to: length, by: distance))
  }

  /// Lines at 45 degrees, each cut at the edges of the rectangle.
  private static func diagonals(_ area: Rectangle, rises: Bool) -> String {
    var path = ""
    // A line starts at the lower edge (if it rises) at `offset`, which may be left of the area.
    for offset in stride(from: distance / 2 - area.height, to: area.width, by: distance) {
      let start = max(0, -offset)
      let end = min(area.height, area.width - offset)
      guard end > start else { continue }
      let (from, to) = rises ? (area.height - start, area.height - end) : (start, end)
      path += "M\(Coordinate.list(area.x + offset + start, area.y + from))"
      path += "L\(Coordinate.list(area.x + offset + end, area.y + to))"
    }
    return path
  }
}
