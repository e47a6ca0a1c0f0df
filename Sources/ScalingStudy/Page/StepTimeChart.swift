import Charts

/// Step times of the configurations of a work as a chart.
enum StepTimeChart {
  /// Nil without step times.
  static func figure(_ steps: [StepTimeContext], of work: StudyWork) -> FigureContext? {
    guard !steps.isEmpty else { return nil }
    let highest = steps.map(\.quantiles.p90).max() ?? 0
    let chart = SpanChart(
      title: "Step times of \(VerdictSentence.name(of: work))",
      description: steps.map {
        "\($0.name): median \($0.median) ms, 10 % \($0.p10) ms, 90 % \($0.p90) ms"
      }.joined(separator: ". "),
      axis: Axis("time of a step", unit: "ms", includes: [0]),
      kinds: [SpanChart.Kind("10 % to 90 % of steps", area: 1), SpanChart.Kind("median", area: 2)],
      tracks: steps.map { step in
        let (p10, median, p90) = step.quantiles
        // A median is a point; its mark must be wide enough to be seen.
        let half = 0.004 * highest
        return SpanChart.Track(
          step.name,
          spans: [
            SpanChart.Span(from: 1000 * p10, to: 1000 * p90, kind: 0),
            SpanChart.Span(from: 1000 * (median - half), to: 1000 * (median + half), kind: 1),
          ])
      })
    return FigureContext(
      svg: chart.svg(),
      caption:
        "Milliseconds of a step on the slowest rank: medians over the runs that count. The table "
        + "has the numbers.")
  }
}
