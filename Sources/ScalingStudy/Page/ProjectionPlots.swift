import Charts
import ScalingProjection
import TextTables

/// Simulated efficiency and step time of a work over the number of ranks: dashed lines.
struct ProjectionPlots {
  private let group: ProjectionGroup
  private let heading: String
  /// Measured rows of the same work; their efficiencies are drawn as points.
  private let rows: [StudyRow]

  init(_ group: ProjectionGroup, heading: String, rows: [StudyRow]) {
    self.group = group
    self.heading = heading
    self.rows = rows
  }

  var efficiency: FigureContext {
    let ratio = group.scaling == .strong ? "T(1)/(p T(p))" : "T(1)/T(p)"
    var plot = self.plot(
      "Efficiency", y: Axis("efficiency, \(ratio)", includes: [0])
    ) { member, point in member.curve.efficiency(point) }
    plot.series = measured
    let beside =
      rows.isEmpty
      ? "No run here is of the same work on several ranks." : "Points are measured medians."
    return FigureContext(
      svg: plot.svg(),
      caption: "Simulated efficiency over the number of ranks, dashed. \(beside)")
  }

  var stepTime: FigureContext {
    let plot = self.plot("Step time", y: Axis("time of a step", unit: "ms", scale: .log2)) {
      1000 * $1.stepSeconds
    }
    return FigureContext(
      svg: plot.svg(), caption: "Simulated time of a step over the number of ranks, dashed.")
  }

  private func plot(
    _ subject: String, y: Axis,
    _ value: (ProjectionGroup.Member, Projection.Point) -> Double?
  ) -> LinePlot {
    let counts = Set(group.curves.flatMap { $0.curve.points.map(\.ranks) } + rows.map(\.ranks))
    var plot = LinePlot(
      title: "\(subject) of \(heading), simulated", description: description(value),
      x: Axis("ranks", scale: .log2, ticks: counts.sorted().map(Double.init)), y: y)
    plot.curves = group.curves.enumerated().map { index, member in
      LinePlot.Curve(
        "\(member.name), simulated",
        lines: [
          member.curve.points.compactMap { point in
            value(member, point).map { LinePlot.XY(Double(point.ranks), $0) }
          }
        ],
        series: measured.count + index, dash: .dashed)
    }
    return plot
  }

  /// The first and last value of each curve; the table has all.
  private func description(
    _ value: (ProjectionGroup.Member, Projection.Point) -> Double?
  ) -> String {
    group.curves.map { member in
      let ends = [member.curve.points.first, member.curve.points.last].compactMap { $0 }.map {
        "\(NumberText.count($0.ranks, "rank", "ranks")): \(NumberText.fixed(value(member, $0), 3))"
      }
      return "\(member.name), simulated: \(ends.joined(separator: ", "))"
    }.joined(separator: "; ")
  }

  private var measured: [LinePlot.Series] {
    Set(rows.map(\.sync)).sorted().map { sync in
      LinePlot.Series(
        "\(sync), measured",
        summaries: rows.filter { $0.sync == sync }.compactMap { row in
          row.efficiency.map {
            LinePlot.Summary(
              LinePlot.XY(Double(row.ranks), $0.median),
              interval: $0.low < $0.high ? $0.low...$0.high : nil,
              note: "\(RowText.name(row)): \(IntervalText.fixed($0, 3))")
          }
        })
    }
  }
}
