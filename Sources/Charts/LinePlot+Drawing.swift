extension LinePlot {
  private static let top = 24.0
  /// Between the axis and the first and last number, as marks are wider than their place.
  private var inset: Double {
    min(max(18, Double(series.count - 1) / 2 * Self.widestStep + Self.reach), width / 5)
  }

  /// The units that the marks of a series take beside their place.
  private static let reach = 11.0
  /// The most units between series at the same number.
  private static let widestStep = 14.0

  /// The axes with their places.
  private struct Layout {
    let x: (range: ScaledRange, ticks: [Double])
    let y: (range: ScaledRange, ticks: [Double])

    func place(_ point: XY) -> Position {
      Position(x: x.range.position(point.x), y: y.range.position(point.y))
    }
  }

  var drawing: Element {
    let bottom = Self.top + plotHeight
    let vertical = y.range(of: values.map(\.y), from: bottom, to: Self.top)
    let labels = y.labels(vertical.ticks)
    let left = (labels.map(TextWidth.of).max() ?? 0) + 10
    let right = width - 6
    let layout = Layout(
      x: x.range(of: values.map(\.x), from: left + inset, to: right - inset),
      y: vertical)
    let legend = Legend(entries, width: width - 8)
    let legendTop = bottom + 40
    var content = [Drawing.label(y.text, x: 0, y: 12)]
    content += zip(layout.y.ticks, labels).flatMap { tick, text in
      let height = layout.y.range.position(tick)
      return [
        Drawing.rule(Position(x: left, y: height), Position(x: right, y: height), isWeak: true),
        Drawing.label(text, x: left - 6, y: height + 4, anchor: "end"),
      ]
    }
    content += Drawing.levelTicks(
      layout.x, labels: x.labels(layout.x.ticks), top: Self.top, bottom: bottom)
    content.append(Drawing.rule(Position(x: left, y: bottom), Position(x: right, y: bottom)))
    content.append(Drawing.rule(Position(x: left, y: Self.top), Position(x: left, y: bottom)))
    content.append(
      Drawing.label(x.text, x: (left + right) / 2, y: bottom + 31, anchor: "middle"))
    content += marks(layout)
    content += legend.draw(x: 4, y: legendTop)
    return Drawing.root(
      title: title, description: description, width: width,
      height: legendTop + legend.height + 4, content)
  }

  private func marks(_ layout: Layout) -> [Element] {
    var elements = curves.compactMap { curve in
      Marks.line(
        path(of: curve.lines, layout), css: curve.css, dash: curve.dash,
        width: curve.lines.count > 1 ? 1 : 1.5)
    }
    let step = stepBetweenSeries(layout)
    for (index, group) in series.enumerated() {
      let middle = (Double(index) - Double(series.count - 1) / 2) * step
      // Single values stand left of the value that stands for them.
      let shift = group.summaries.isEmpty ? 0 : step / 2
      for isHollow in [false, true] {
        let places = group.singles.filter { $0.isHollow == isHollow }.filter(accepts).map {
          moved(layout.place($0.at), by: middle - shift)
        }
        if let points = Marks.points(
          places, series: index, isLarge: group.summaries.isEmpty, isHollow: isHollow)
        {
          elements.append(points)
        }
      }
      for summary in group.summaries where accepts(summary.at) {
        let place = moved(layout.place(summary.at), by: middle)
        if let interval = summary.interval, y.scale.accepts(interval.lowerBound) {
          elements.append(
            Marks.interval(
              x: place.x, from: layout.y.range.position(interval.lowerBound),
              to: layout.y.range.position(interval.upperBound), series: index))
        }
        elements.append(Marks.summary(at: place, series: index, note: summary.note))
      }
    }
    return elements
  }

  /// Units between series at the same number, so that their intervals do not cover each other.
  private func stepBetweenSeries(_ layout: Layout) -> Double {
    let numbers = Set(series.flatMap { $0.summaries.map(\.at.x) + $0.singles.map(\.at.x) })
    let places = numbers.map(layout.x.range.position).sorted()
    let nearest = zip(places, places.dropFirst()).map { $1 - $0 }.min() ?? 100
    let fitting = 2 * max(inset - Self.reach, 1) / Double(max(series.count - 1, 1))
    return min(Self.widestStep, fitting, nearest * 0.8 / Double(max(series.count, 1)))
  }

  private func accepts(_ point: XY) -> Bool { x.scale.accepts(point.x) && y.scale.accepts(point.y) }
  private func accepts(_ single: Single) -> Bool { accepts(single.at) }

  private func moved(_ position: Position, by distance: Double) -> Position {
    Position(x: position.x + distance, y: position.y)
  }

  /// All lines of a curve; equal ones once.
  private func path(of lines: [[XY]], _ layout: Layout) -> String {
    var seen = Set<String>()
    return lines.map { PathText.line($0.filter(accepts).map(layout.place)) }
      .filter { seen.insert($0).inserted }.joined()
  }

  private var entries: [Legend.Entry] {
    var entries = series.enumerated().map { index, group in
      Legend.Entry(
        sample: group.summaries.isEmpty
          ? .single(index, isLarge: true, isHollow: false) : .series(index),
        name: group.name)
    }
    for isHollow in [false, true] {
      guard
        let index = series.firstIndex(where: { group in
          group.singles.contains { $0.isHollow == isHollow }
            && (isHollow || !group.summaries.isEmpty)
        })
      else { continue }
      entries.append(
        Legend.Entry(
          sample: .single(
            index, isLarge: series[index].summaries.isEmpty, isHollow: isHollow),
          name: isHollow ? hollowName : singleName))
    }
    return entries
      + curves.map { Legend.Entry(sample: .line(css: $0.css, dash: $0.dash), name: $0.name) }
  }
}
