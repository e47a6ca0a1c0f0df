/// The colour of a series by its number, as a CSS variable with a colour for other places.
///
/// A page may define `--chart-series-1` and so on, for example for dark mode. The colours differ in
/// lightness, so that they also differ in grey print, and by hue for readers who do not see red or
/// green. Marks and dashes differ as well.
enum SeriesColour {
  private static let values = ["#0b3c7d", "#d55e00", "#1b9e87", "#8e3a7b", "#7a6a00", "#6e6e6e"]

  /// The CSS value for the number of a series, from 0; numbers repeat after the last colour.
  static func css(_ index: Int) -> String {
    let place = ((index % values.count) + values.count) % values.count
    return "var(--chart-series-\(place + 1),\(values[place]))"
  }
}

/// How a line is drawn.
public enum Dash: String, CaseIterable, Sendable {
  case solid, dashed, dotted

  /// The value of `stroke-dasharray`.
  var pattern: String {
    switch self {
    case .solid: "none"
    case .dashed: "6 4"
    case .dotted: "1 4"
    }
  }
}

/// The filling of an area by its number: a colour, and a hatch that distinguishes it without colour.
struct AreaFill {
  private static let values: [(colour: String, hatch: Hatch, isDark: Bool)] = [
    ("#0072b2", .none, true), ("#8fc9ee", .rising, false), ("#0b3c7d", .falling, true),
    ("#e69f00", .none, false), ("#7f4f00", .rising, true), ("#1b9e87", .crossed, true),
    ("#d98cb8", .level, false), ("#f3e75c", .upright, false), ("#cfcfcf", .falling, false),
  ]

  /// The CSS value of the colour; a page may define `--chart-area-1` and so on.
  let css: String
  let hatch: Hatch
  /// The colour of the hatch.
  let hatchCSS: String

  /// The filling for a number from 0; numbers repeat after the last.
  init(_ index: Int) {
    let count = Self.values.count
    let place = ((index % count) + count) % count
    let value = Self.values[place]
    css = "var(--chart-area-\(place + 1),\(value.colour))"
    hatch = value.hatch
    hatchCSS = value.isDark ? "#fff" : "#000"
  }

  /// A filled rectangle with its hatch; `title` is shown beside a pointer.
  func draw(_ rectangle: Rectangle, title: String) -> Element {
    draw(rectangle.path, [rectangle], title: title)
  }

  /// Several rectangles as one path, with the hatch of each.
  func draw(_ path: String, _ rectangles: [Rectangle], title: String) -> Element {
    var group = Element("g")
    if !title.isEmpty { group.append(Element("title", text: title)) }
    group.append(Element("path", ["d": path, "style": "fill:\(css)"]))
    let lines = rectangles.map(hatch.path).joined()
    if !lines.isEmpty {
      group.append(
        Element(
          "path",
          [
            "d": lines, "fill": "none", "stroke": hatchCSS, "stroke-opacity": "0.6",
            "stroke-width": "1",
          ]))
    }
    return group
  }
}
