import Charts
import Testing

/// Plots, as the text that results.
@Suite struct LinePlotTests {
  /// A plot of 200 units, 100 of them high between the axes.
  private func plot(
    x: Axis = Axis("ranks", ticks: [1, 2]), y: Axis = Axis("speedup", includes: [0])
  ) -> LinePlot {
    var plot = LinePlot(title: "A & B", description: "2 ranks: 1.5", x: x, y: y)
    plot.width = 200
    plot.plotHeight = 100
    return plot
  }

  /// One unit of speedup is 50 high.
  ///
  /// Labels of 20.16 units end 6 left of the axis, which is at 30.16. The first number has its place
  /// 18 right of it, at 48.16, the last 18 left of its end, at 176.
  @Test func aPointWithAnInterval() {
    var plot = plot()
    plot.series = [
      LinePlot.Series(
        "node", summaries: [LinePlot.Summary(LinePlot.XY(2, 1.5), interval: 1...2, note: "1.5")])
    ]
    plot.curves = [
      LinePlot.Curve("ideal", lines: [[LinePlot.XY(1, 1), LinePlot.XY(2, 2)]], dash: .dashed)
    ]
    #expect(plot.svg() == Self.expected)
  }

  private static let expected = """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 185" width="100%" role="img" \
    font-family="system-ui, sans-serif" font-size="12" fill="currentColor">
    <title>A &amp; B</title>
    <desc>2 ranks: 1.5</desc>
    <text x="0" y="12" text-anchor="start">speedup</text>
    \(weak("M30.16 124L194 124"))
    <text x="24.16" y="128" text-anchor="end">0.0</text>
    \(weak("M30.16 99L194 99"))
    <text x="24.16" y="103" text-anchor="end">0.5</text>
    \(weak("M30.16 74L194 74"))
    <text x="24.16" y="78" text-anchor="end">1.0</text>
    \(weak("M30.16 49L194 49"))
    <text x="24.16" y="53" text-anchor="end">1.5</text>
    \(weak("M30.16 24L194 24"))
    <text x="24.16" y="28" text-anchor="end">2.0</text>
    \(weak("M48.16 24L48.16 124"))
    <text x="48.16" y="139" text-anchor="middle">1</text>
    \(weak("M176 24L176 124"))
    <text x="176" y="139" text-anchor="middle">2</text>
    \(strong("M30.16 124L194 124"))
    \(strong("M30.16 24L30.16 124"))
    <text x="112.08" y="155" text-anchor="middle">ranks</text>
    \(line("M48.16 74L176 24"))
    <path d="M172 74h8M176 74V24M172 24h8" fill="none" stroke-width="1.5" \
    style="stroke:var(--chart-series-1,#0b3c7d)"/>
    <path d="M172 49a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" \
    style="fill:var(--chart-series-1,#0b3c7d);stroke:var(--chart-paper,#fff)" stroke-width="0.8">
    <title>1.5</title>
    </path>
    <path d="M9 166.5h8M13 166.5V178.5M9 178.5h8" fill="none" stroke-width="1.5" \
    style="stroke:var(--chart-series-1,#0b3c7d)"/>
    <path d="M9 172.5a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z" \
    style="fill:var(--chart-series-1,#0b3c7d);stroke:var(--chart-paper,#fff)" stroke-width="0.8"/>
    <text x="28" y="176.5">node</text>
    \(line("M68.88 172.5L88.88 172.5"))
    <text x="92.88" y="176.5">ideal</text>
    </svg>
    """

  private static func weak(_ path: String) -> String {
    "<path d=\"\(path)\" stroke=\"currentColor\" stroke-opacity=\"0.18\" stroke-width=\"1\"/>"
  }

  private static func strong(_ path: String) -> String {
    "<path d=\"\(path)\" stroke=\"currentColor\" stroke-opacity=\"0.8\" stroke-width=\"1\"/>"
  }

  private static func line(_ path: String) -> String {
    "<path d=\"\(path)\" fill=\"none\" style=\"stroke:currentColor\" stroke-width=\"1.5\" "
      + "stroke-dasharray=\"6 4\" stroke-linecap=\"butt\" stroke-linejoin=\"round\"/>"
  }

  /// Single values stand left of the value that stands for them; hollow ones are a path of their own.
  @Test func singleValuesAreOnePathForEachKind() {
    var plot = plot()
    plot.singleName = "one run"
    plot.hollowName = "disturbed"
    plot.series = [
      LinePlot.Series(
        "node", summaries: [LinePlot.Summary(LinePlot.XY(2, 1.5))],
        singles: [
          LinePlot.Single(LinePlot.XY(2, 1)), LinePlot.Single(LinePlot.XY(2, 1)),
          LinePlot.Single(LinePlot.XY(2, 2)), LinePlot.Single(LinePlot.XY(2, 0.5), isHollow: true),
        ])
    ]
    let svg = plot.svg()
    let arc = "a1.8 1.8 0 1 0 3.6 0a1.8 1.8 0 1 0 -3.6 0z"
    #expect(
      svg.contains("<path d=\"M167.2 74\(arc)M167.2 24\(arc)\" stroke-width=\"0.8\""), "\(svg)")
    #expect(svg.contains("<path d=\"M167.2 99\(arc)\" stroke-width=\"0.8\" style=\"fill:none;"))
    #expect(svg.contains(">one run</text>") && svg.contains(">disturbed</text>"))
  }

  /// Without a value that stands for them, single values are large and have the series' own sample.
  @Test func singleValuesAlone() {
    var plot = plot()
    plot.singleName = "one run"
    plot.series = [LinePlot.Series("node", singles: [LinePlot.Single(LinePlot.XY(2, 1))])]
    let svg = plot.svg()
    #expect(svg.contains("<path d=\"M173 24a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z\""), "\(svg)")
    #expect(svg.contains(">node</text>") && !svg.contains("one run"))
  }

  /// Six series at the last number are all left of the end of the axis, which is at 414.
  @Test func manySeriesStayBetweenTheAxes() throws {
    var plot = plot(x: Axis("ranks", ticks: [1, 2]))
    plot.width = 420
    plot.series = (0..<6).map { index in
      LinePlot.Series("\(index)", summaries: [LinePlot.Summary(LinePlot.XY(2, 1), note: "n")])
    }
    let lines = plot.svg().split(separator: "\n")
    let summaries = lines.filter { $0.hasPrefix("<path d=\"M") && $0.contains("--chart-paper") }
    let places = try summaries.prefix(6).map { line in
      let number = line.dropFirst(10).prefix { $0.isNumber || $0 == "." }
      return try #require(Double(number))
    }
    #expect(places.count == 6 && places.allSatisfy { (300..<414).contains($0) }, "\(places)")
    #expect(zip(places, places.dropFirst()).allSatisfy { $1 > $0 + 8 }, "\(places)")
  }

  @Test func equalCurvesAreDrawnOnce() {
    var plot = plot()
    let line = [LinePlot.XY(1, 1), LinePlot.XY(2, 2)]
    plot.curves = [LinePlot.Curve("loss", lines: [line, line], series: 1)]
    #expect(plot.svg().ranges(of: "M48.16 74L176 24").count == 1)
  }

  /// On a log2 scale equal factors are equal lengths.
  @Test func logarithmicAxes() {
    var plot = plot(
      x: Axis("ranks", scale: .log2, ticks: [1, 2, 4]), y: Axis("speedup", scale: .log2))
    plot.curves = [LinePlot.Curve("ideal", lines: [[1, 2, 4].map { LinePlot.XY($0, $0) }])]
    #expect(plot.svg().contains("M34.72 124L105.36 74L176 24"), "\(plot.svg())")
  }

  @Test func numbersWithoutAPlaceAreLeftOut() {
    var plot = plot(y: Axis("speedup", scale: .log2))
    plot.series = [
      LinePlot.Series(
        "node",
        summaries: [.nan, 0, -1, .infinity].map { LinePlot.Summary(LinePlot.XY(1, $0)) },
        singles: [LinePlot.Single(LinePlot.XY(.nan, 1))])
    ]
    plot.curves = [LinePlot.Curve("nothing", lines: [[], [LinePlot.XY(1, 1)]])]
    let svg = plot.svg()
    #expect(!svg.contains("nan") && !svg.contains("inf"), "\(svg)")
  }

  @Test func titlesCannotEndTheirElement() {
    let plot = LinePlot(
      title: "</title><script>", description: "\"&", x: Axis("<x>", unit: "<s>"), y: Axis("<y>"))
    let svg = plot.svg()
    #expect(svg.contains("<title>&lt;/title&gt;&lt;script&gt;</title>"))
    #expect(svg.contains("&lt;x&gt; [&lt;s&gt;]") && !svg.contains("<script"))
  }
}
