import Charts
import Testing

/// Bars and spans, as the text that results.
@Suite struct AreaChartTests {
  private static let head =
    "xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 SIZE\" width=\"100%\" role=\"img\" "
    + "font-family=\"system-ui, sans-serif\" font-size=\"12\" fill=\"currentColor\""

  private static func weak(_ path: String) -> String {
    "<path d=\"\(path)\" stroke=\"currentColor\" stroke-opacity=\"0.18\" stroke-width=\"1\"/>"
  }

  private static func strong(_ path: String) -> String {
    "<path d=\"\(path)\" stroke=\"currentColor\" stroke-opacity=\"0.8\" stroke-width=\"1\"/>"
  }

  private static func hatch(_ path: String) -> String {
    "<path d=\"\(path)\" fill=\"none\" stroke=\"#000\" stroke-opacity=\"0.6\" stroke-width=\"1\"/>"
  }

  /// From -5 to 10 there are 168 units: 11.2 for each number, and zero is at 72.
  @Test func barsHavePartsOnBothSidesOfZero() {
    var bars = StackedBars(
      title: "Ledger", description: "transfer 10 %, update -5 %", axis: Axis("share", unit: "%"),
      parts: [StackedBars.Part("transfer", area: 0), StackedBars.Part("update", area: 6)],
      bars: [StackedBars.Bar("2 ranks", values: [10, -5])])
    bars.width = 200
    #expect(
      bars.svg() == """
        <svg \(Self.head.replacing("SIZE", with: "111"))>
        <title>Ledger</title>
        <desc>transfer 10 %, update -5 %</desc>
        \(Self.weak("M16 0L16 50"))
        <text x="16" y="65" text-anchor="middle">-5</text>
        \(Self.weak("M72 0L72 50"))
        <text x="72" y="65" text-anchor="middle">0</text>
        \(Self.weak("M128 0L128 50"))
        <text x="128" y="65" text-anchor="middle">5</text>
        \(Self.weak("M184 0L184 50"))
        <text x="184" y="65" text-anchor="middle">10</text>
        \(Self.strong("M72 0L72 50"))
        <text x="0" y="16" stroke-width="5" stroke-linejoin="round" \
        style="stroke:var(--chart-paper,#fff);paint-order:stroke">2 ranks</text>
        <g>
        <title>transfer: 10</title>
        <path d="M72 22h112v20h-112z" style="fill:var(--chart-area-1,#0072b2)"/>
        </g>
        <g>
        <title>update: -5</title>
        <path d="M16 22h56v20h-56z" style="fill:var(--chart-area-7,#d98cb8)"/>
        \(Self.hatch("M16 25h56M16 31h56M16 37h56"))
        </g>
        <text x="100" y="81" text-anchor="middle">share [%]</text>
        <g>
        <path d="M4 92.5h18v12h-18z" style="fill:var(--chart-area-1,#0072b2)"/>
        </g>
        <text x="28" y="102.5">transfer</text>
        <g>
        <path d="M95.76 92.5h18v12h-18z" style="fill:var(--chart-area-7,#d98cb8)"/>
        \(Self.hatch("M95.76 95.5h18M95.76 101.5h18"))
        </g>
        <text x="119.76" y="102.5">update</text>
        </svg>
        """)
  }

  @Test func partsOfNothingAreNotDrawn() {
    let bars = StackedBars(
      title: "t", description: "d", axis: Axis("share"),
      parts: [StackedBars.Part("a", area: 0), StackedBars.Part("b", area: 1)],
      bars: [StackedBars.Bar("x", values: [0, .nan])])
    #expect(!bars.svg().contains("<title>a") && !bars.svg().contains("nan"))
  }

  /// The label has 6 characters of 6.72 units, so the axis begins at 50.32 and ends at 180.
  @Test func spansOfAKindAreOnePath() {
    var chart = SpanChart(
      title: "Step", description: "rank 0 computes for 2 s", axis: Axis("time", unit: "s"),
      kinds: [SpanChart.Kind("compute", area: 0), SpanChart.Kind("wait", area: 3)],
      tracks: [
        SpanChart.Track(
          "rank 0",
          spans: [
            SpanChart.Span(from: 0, to: 1, kind: 0), SpanChart.Span(from: 1, to: 2, kind: 0),
            SpanChart.Span(from: 2, to: 4, kind: 1),
          ])
      ])
    chart.width = 200
    #expect(
      chart.svg() == """
        <svg \(Self.head.replacing("SIZE", with: "91"))>
        <title>Step</title>
        <desc>rank 0 computes for 2 s</desc>
        \(Self.weak("M50.32 0L50.32 30"))
        <text x="50.32" y="45" text-anchor="middle">0</text>
        \(Self.weak("M82.74 0L82.74 30"))
        <text x="82.74" y="45" text-anchor="middle">1</text>
        \(Self.weak("M115.16 0L115.16 30"))
        <text x="115.16" y="45" text-anchor="middle">2</text>
        \(Self.weak("M147.58 0L147.58 30"))
        <text x="147.58" y="45" text-anchor="middle">3</text>
        \(Self.weak("M180 0L180 30"))
        <text x="180" y="45" text-anchor="middle">4</text>
        <text x="44.32" y="19" text-anchor="end">rank 0</text>
        <g>
        <title>compute</title>
        <path d="M50.32 6h32.42v18h-32.42zM82.74 6h32.42v18h-32.42z" \
        style="fill:var(--chart-area-1,#0072b2)"/>
        </g>
        <g>
        <title>wait</title>
        <path d="M115.16 6h64.84v18h-64.84z" style="fill:var(--chart-area-4,#e69f00)"/>
        </g>
        \(Self.strong("M50.32 30L180 30"))
        <text x="115.16" y="61" text-anchor="middle">time [s]</text>
        <g>
        <path d="M4 72.5h18v12h-18z" style="fill:var(--chart-area-1,#0072b2)"/>
        </g>
        <text x="28" y="82.5">compute</text>
        <g>
        <path d="M89.04 72.5h18v12h-18z" style="fill:var(--chart-area-4,#e69f00)"/>
        </g>
        <text x="113.04" y="82.5">wait</text>
        </svg>
        """)
  }

  @Test func longLabelsAreCut() {
    let chart = SpanChart(
      title: "t", description: "d", axis: Axis("time"), kinds: [],
      tracks: [SpanChart.Track(String(repeating: "host", count: 50), spans: [])])
    #expect(chart.svg().contains("hosth") && chart.svg().contains("…</text>"))
  }
}
