/// Numbers against numbers: points with intervals, single values, and lines.
public struct LinePlot: Sendable {
  /// Two numbers.
  public struct XY: Equatable, Sendable {
    public var x: Double
    public var y: Double

    /// Both numbers.
    public init(_ x: Double, _ y: Double) {
      self.x = x
      self.y = y
    }
  }

  /// A value that stands for several, such as a median.
  public struct Summary: Sendable {
    public var at: XY
    /// The ends of its interval; nil for none.
    public var interval: ClosedRange<Double>?
    /// Shown beside a pointer.
    public var note: String

    /// All fields at once.
    public init(_ at: XY, interval: ClosedRange<Double>? = nil, note: String = "") {
      self.at = at
      self.interval = interval
      self.note = note
    }
  }

  /// One of the values that a summary stands for.
  public struct Single: Sendable {
    public var at: XY
    public var isHollow: Bool

    /// All fields at once.
    public init(_ at: XY, isHollow: Bool = false) {
      self.at = at
      self.isHollow = isHollow
    }
  }

  /// Values with the same colour and shape, which follow from the place in `series`.
  public struct Series: Sendable {
    public var name: String
    public var summaries: [Summary]
    public var singles: [Single]

    /// All fields at once.
    public init(_ name: String, summaries: [Summary] = [], singles: [Single] = []) {
      self.name = name
      self.summaries = summaries
      self.singles = singles
    }
  }

  /// Lines without points, such as a law or the course of a value.
  public struct Curve: Sendable {
    public var name: String
    public var lines: [[XY]]
    /// The place in `series` whose colour it has; nil for the colour of text.
    public var series: Int?
    public var dash: Dash

    /// All fields at once.
    public init(_ name: String, lines: [[XY]], series: Int? = nil, dash: Dash = .solid) {
      self.name = name
      self.lines = lines
      self.series = series
      self.dash = dash
    }

    var css: String { series.map(SeriesColour.css) ?? "currentColor" }
  }

  public var title: String
  public var description: String
  public var x: Axis
  public var y: Axis
  public var series: [Series] = []
  public var curves: [Curve] = []
  /// Names of small points in the legend.
  public var singleName = "one value"
  public var hollowName = "one value, hollow"
  public var width = 420.0
  /// Of the area between the axes.
  public var plotHeight = 220.0

  /// A plot without content.
  public init(title: String, description: String, x: Axis, y: Axis) {
    self.title = title
    self.description = description
    self.x = x
    self.y = y
  }

  /// The plot as SVG.
  public func svg() -> String { drawing.text }

  var values: [XY] {
    series.flatMap { $0.singles.map(\.at) + $0.summaries.flatMap(Self.ends) }
      + curves.flatMap { $0.lines.joined() }
  }

  /// The numbers of a summary that an axis has to cover.
  private static func ends(_ summary: Summary) -> [XY] {
    guard let interval = summary.interval else { return [summary.at] }
    return [
      summary.at, XY(summary.at.x, interval.lowerBound), XY(summary.at.x, interval.upperBound),
    ]
  }
}
