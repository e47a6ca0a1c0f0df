/// Level bars of signed parts: positive parts go to the right of zero, negative ones to the left.
public struct StackedBars: Sendable {
  /// A part that bars consist of, with the number of its filling (a colour and a hatch).
  public struct Part: Sendable {
    public var name: String
    public var area: Int

    /// All fields at once.
    public init(_ name: String, area: Int) {
      self.name = name
      self.area = area
    }
  }

  /// A bar with one number for each part.
  public struct Bar: Sendable {
    /// Printed above the bar.
    public var label: String
    public var values: [Double]

    /// All fields at once.
    public init(_ label: String, values: [Double]) {
      self.label = label
      self.values = values
    }
  }

  public var title: String
  public var description: String
  public var axis: Axis
  public var parts: [Part]
  public var bars: [Bar]
  public var width = 420.0

  /// Bars; every bar has as many numbers as there are parts.
  public init(
    title: String, description: String, axis: Axis, parts: [Part], bars: [Bar]
  ) {
    for bar in bars {
      precondition(
        bar.values.count == parts.count,
        "\(bar.label): \(bar.values.count) values for \(parts.count) parts")
    }
    self.title = title
    self.description = description
    self.axis = axis
    self.parts = parts
    self.bars = bars
  }

  /// The bars as SVG.
  public func svg() -> String { drawing.text }

  private static let barHeight = 20.0
  /// From one bar to the next, with the label above it.
  private static let distance = 46.0

  var drawing: Element {
    let bottom = Double(bars.count) * Self.distance + 4
    let ends = bars.flatMap { bar in
      [bar.values.filter { $0 > 0 }.reduce(0, +), bar.values.filter { $0 < 0 }.reduce(0, +)]
    }
    var axis = axis
    axis.includes.append(0)
    let level = axis.range(of: ends, from: 16, to: width - 16)
    let labels = axis.labels(level.ticks)
    var content = Drawing.levelTicks(level, labels: labels, top: 0, bottom: bottom)
    let zero = level.range.position(0)
    content.append(Drawing.rule(Position(x: zero, y: 0), Position(x: zero, y: bottom)))
    for (index, bar) in bars.enumerated() {
      let top = Double(index) * Self.distance + 4
      let text = TextWidth.cut(bar.label, to: width)
      content.append(Drawing.labelOnLines(text, x: 0, y: top + 12))
      content += draw(bar, level.range, top: top + 18)
    }
    content.append(
      Drawing.label(axis.text, x: width / 2, y: bottom + 31, anchor: "middle"))
    let legend = Legend(
      parts.map { Legend.Entry(sample: .area($0.area), name: $0.name) }, width: width - 8)
    content += legend.draw(x: 4, y: bottom + 40)
    return Drawing.root(
      title: title, description: description, width: width, height: bottom + 44 + legend.height,
      content)
  }

  private func draw(_ bar: Bar, _ range: ScaledRange, top: Double) -> [Element] {
    var (right, left) = (0.0, 0.0)
    return zip(parts, bar.values).compactMap { part, value in
      guard value.isFinite, value != 0 else { return nil }
      let start = value > 0 ? right : left
      if value > 0 { right += value } else { left += value }
      let (from, to) = (range.position(start), range.position(start + value))
      let rectangle = Rectangle(
        x: min(from, to), y: top, width: abs(to - from), height: Self.barHeight)
      guard rectangle.width >= 0.1 else { return nil }
      let number = Ticks.shortTexts([(value * 100).rounded() / 100]).first ?? ""
      return AreaFill(part.area).draw(rectangle, title: "\(part.name): \(number)")
    }
  }
}
