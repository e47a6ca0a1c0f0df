/// Spans of time on tracks, such as the phases of a step on every rank.
public struct SpanChart: Sendable {
  /// What a span is, with the number of its filling (a colour and a hatch).
  public struct Kind: Sendable {
    public var name: String
    public var area: Int

    /// All fields at once.
    public init(_ name: String, area: Int) {
      self.name = name
      self.area = area
    }
  }

  /// A span from one number to another; `kind` is a place in `kinds`.
  public struct Span: Sendable {
    public var start: Double
    public var end: Double
    public var kind: Int

    /// All fields at once.
    public init(from start: Double, to end: Double, kind: Int) {
      self.start = start
      self.end = end
      self.kind = kind
    }
  }

  /// The spans of one rank; they may overlap, and later ones are drawn above earlier ones.
  public struct Track: Sendable {
    public var label: String
    public var spans: [Span]

    /// All fields at once.
    public init(_ label: String, spans: [Span]) {
      self.label = label
      self.spans = spans
    }
  }

  public var title: String
  public var description: String
  public var axis: Axis
  public var kinds: [Kind]
  public var tracks: [Track]
  public var width = 720.0

  /// Tracks; the kind of every span is a place in `kinds`.
  public init(
    title: String, description: String, axis: Axis, kinds: [Kind], tracks: [Track]
  ) {
    for span in tracks.lazy.flatMap(\.spans) {
      precondition(
        kinds.indices.contains(span.kind), "kind \(span.kind) of a span: there are \(kinds.count)")
    }
    self.title = title
    self.description = description
    self.axis = axis
    self.kinds = kinds
    self.tracks = tracks
  }

  /// The chart as SVG.
  public func svg() -> String { drawing.text }

  private static let spanHeight = 18.0
  private static let distance = 26.0

  var drawing: Element {
    let labels = tracks.map { TextWidth.cut($0.label, to: width / 4) }
    let left = (labels.map(TextWidth.of).max() ?? 0) + 10
    let bottom = Double(tracks.count) * Self.distance + 4
    let ends = tracks.flatMap { $0.spans.flatMap { [$0.start, $0.end] } }
    let level = axis.range(of: ends, from: left, to: width - 20)
    var content = Drawing.levelTicks(
      level, labels: axis.labels(level.ticks), top: 0, bottom: bottom)
    for (index, track) in tracks.enumerated() {
      let top = Double(index) * Self.distance + 6
      content.append(Drawing.label(labels[index], x: left - 6, y: top + 13, anchor: "end"))
      content += draw(track, level.range, top: top)
    }
    content.append(Drawing.rule(Position(x: left, y: bottom), Position(x: width - 20, y: bottom)))
    content.append(
      Drawing.label(axis.text, x: (left + width - 20) / 2, y: bottom + 31, anchor: "middle"))
    let legend = Legend(
      kinds.map { Legend.Entry(sample: .area($0.area), name: $0.name) }, width: width - 8)
    content += legend.draw(x: 4, y: bottom + 40)
    return Drawing.root(
      title: title, description: description, width: width, height: bottom + 44 + legend.height,
      content)
  }

  /// Neighbouring spans of a kind are one element, which keeps charts of many spans small.
  private func draw(_ track: Track, _ range: ScaledRange, top: Double) -> [Element] {
    var elements: [Element] = []
    var spans = track.spans[...]
    while let kind = spans.first?.kind {
      let alike = spans.prefix { $0.kind == kind }
      spans = spans.dropFirst(alike.count)
      let rectangles = alike.filter { $0.start.isFinite && $0.end.isFinite }.map { span in
        let (from, to) = (range.position(span.start), range.position(span.end))
        return Rectangle(
          x: min(from, to), y: top, width: max(abs(to - from), 0.2), height: Self.spanHeight)
      }
      guard !rectangles.isEmpty else { continue }
      elements.append(
        AreaFill(kinds[kind].area).draw(
          rectangles.map(\.path).joined(), rectangles, title: kinds[kind].name))
    }
    return elements
  }
}
