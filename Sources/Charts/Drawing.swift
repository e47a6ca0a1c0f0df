/// The parts that all charts have: the root element, axes and their labels.
enum Drawing {
  /// The root element: an image with a title and a description for readers who do not see it.
  static func root(
    title: String, description: String, width: Double, height: Double, _ content: [Element]
  ) -> Element {
    Element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg",
        "viewBox": "0 0 \(Coordinate.list(width, height))", "width": "100%", "role": "img",
        "font-family": "system-ui, sans-serif",
        "font-size": Coordinate.text(TextWidth.fontSize), "fill": "currentColor",
      ],
      [Element("title", text: title), Element("desc", text: description)] + content)
  }

  /// Text at a place.
  ///
  /// - Parameter anchor: `start`, `middle` or `end`.
  static func label(_ text: String, x: Double, y: Double, anchor: String = "start") -> Element {
    Element(
      "text",
      ["x": Coordinate.text(x), "y": Coordinate.text(y), "text-anchor": anchor], text: text)
  }

  /// Text that covers the lines below it with a border in the colour of the background.
  static func labelOnLines(_ text: String, x: Double, y: Double) -> Element {
    Element(
      "text",
      [
        "x": Coordinate.text(x), "y": Coordinate.text(y), "stroke-width": "5",
        "stroke-linejoin": "round",
        "style": "stroke:var(--chart-paper,#fff);paint-order:stroke",
      ], text: text)
  }

  /// A line of an axis, or a weak line of a grid.
  static func rule(_ from: Position, _ to: Position, isWeak: Bool = false) -> Element {
    Element(
      "path",
      [
        "d": PathText.line([from, to]), "stroke": "currentColor",
        "stroke-opacity": isWeak ? "0.18" : "0.8", "stroke-width": "1",
      ])
  }

  /// Tick labels below a level axis, with weak lines upwards; labels that would touch are left out.
  static func levelTicks(
    _ axis: (range: ScaledRange, ticks: [Double]), labels: [String], top: Double, bottom: Double
  ) -> [Element] {
    var elements: [Element] = []
    var end = -Double.infinity
    for (tick, text) in zip(axis.ticks, labels) {
      let x = axis.range.position(tick)
      elements.append(rule(Position(x: x, y: top), Position(x: x, y: bottom), isWeak: true))
      let half = TextWidth.of(text) / 2
      guard x - half > end + 4 else { continue }
      end = x + half
      elements.append(label(text, x: x, y: bottom + 15, anchor: "middle"))
    }
    return elements
  }
}
