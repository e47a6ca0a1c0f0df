import Charts
import Statistics
import TextTables

/// Speedup and efficiency of a work over the number of ranks.
struct ScalingPlots {
  private let work: StudyWork
  private let groups: [(name: String, rows: [StudyRow])]

  init(_ work: StudyWork) {
    self.work = work
    var names: [String] = []
    var rows: [String: [StudyRow]] = [:]
    for row in work.rows where row.ranks > 1 && row.speedup != nil {
      let name = Self.name(sync: row.sync, threads: row.threads, leaves: row.leaves)
      if rows[name] == nil { names.append(name) }
      rows[name, default: []].append(row)
    }
    groups = names.map { ($0, rows[$0] ?? []) }
  }

  /// Whether no row has a speedup.
  var isEmpty: Bool { groups.isEmpty }

  /// Both plots.
  var figures: [FigureContext] { [figure(isEfficiency: false), figure(isEfficiency: true)] }

  private static func name(sync: String, threads: Int, leaves: Int?) -> String {
    let mode = leaves.map { ", \(NumberText.count($0, "leaf", "leaves"))" } ?? ""
    return "\(sync), \(NumberText.count(threads, "thread", "threads"))\(mode)"
  }

  /// The rank counts, with one rank, to which all are compared.
  private var counts: [Int] { Set(groups.flatMap { $0.rows.map(\.ranks) } + [1]).sorted() }

  private var isLogarithmic: Bool { (counts.last ?? 1) >= 8 }

  private func figure(isEfficiency: Bool) -> FigureContext {
    let subject = isEfficiency ? "Efficiency" : "Speedup"
    let scale = isLogarithmic ? Scale.log2 : .linear
    var plot = LinePlot(
      title: "\(subject) of \(VerdictSentence.name(of: work))",
      description: description(isEfficiency),
      x: Axis("ranks", scale: scale, ticks: counts.map(Double.init)),
      y: Axis(
        subject.lowercased() + (isEfficiency ? ", T(1)/(p T(p))" : ", T(1)/T(p)"),
        scale: isEfficiency ? .linear : scale,
        includes: isEfficiency || !isLogarithmic ? [0] : []))
    plot.series = groups.map { name, rows in
      LinePlot.Series(
        name, summaries: rows.compactMap { summary($0, isEfficiency) },
        singles: rows.flatMap { singles($0, isEfficiency) })
    }
    plot.curves =
      [
        LinePlot.Curve(
          "ideal",
          lines: [counts.map { LinePlot.XY(Double($0), isEfficiency ? 1 : Double($0)) }],
          dash: .dashed)
      ] + laws(isEfficiency)
    plot.singleName = "a single run"
    plot.hollowName = "disturbed by other programs"
    return FigureContext(svg: plot.svg(), caption: caption(subject))
  }

  private func summary(_ row: StudyRow, _ isEfficiency: Bool) -> LinePlot.Summary? {
    guard let value = isEfficiency ? row.efficiency : row.speedup else { return nil }
    // One run is its own small point.
    guard row.runs > 1 || row.runSpeedups.isEmpty else { return nil }
    return LinePlot.Summary(
      LinePlot.XY(Double(row.ranks), value.median),
      interval: value.low < value.high ? value.low...value.high : nil,
      note: "\(RowText.name(row)): \(IntervalText.fixed(value, 3))")
  }

  private func singles(_ row: StudyRow, _ isEfficiency: Bool) -> [LinePlot.Single] {
    row.runSpeedups.map {
      LinePlot.Single(
        LinePlot.XY(Double(row.ranks), isEfficiency ? $0.speedup / Double(row.ranks) : $0.speedup),
        isHollow: $0.isDisturbed)
    }
  }

  private func description(_ isEfficiency: Bool) -> String {
    groups.flatMap(\.rows).map { row in
      let value = isEfficiency ? row.efficiency : row.speedup
      return "\(RowText.name(row)): \(IntervalText.fixed(value, 3))"
    }.joined(separator: "; ")
  }

  private func caption(_ subject: String) -> String {
    let rows = groups.flatMap(\.rows)
    let several = rows.filter { $0.runs > 1 }
    var sentences = ["\(subject) over the number of ranks."]
    if several.isEmpty {
      sentences.append("Each point is a single run; there are no intervals.")
    } else {
      let levels = several.filter { $0.speedup?.level != nil }.count
      let bars =
        levels == several.count
        ? "intervals of at least 95 %"
        : levels == 0
          ? "ranges of the runs, not confidence intervals"
          : "intervals of at least 95 % where six or more blocks count, else ranges of the runs"
      sentences.append(
        "Large points are medians, bars are \(bars); small points beside them are single runs.")
    }
    if groups.count > 1 {
      sentences.append("Rows of the same number of ranks stand side by side.")
    }
    if rows.contains(where: { $0.runSpeedups.contains(where: \.isDisturbed) }) {
      sentences.append("Other programs disturbed the runs of hollow points.")
    }
    return sentences.joined(separator: " ")
  }

  /// The fitted laws, as T(1) of the measurement divided by the time of the law.
  private func laws(_ isEfficiency: Bool) -> [LinePlot.Curve] {
    work.fits.flatMap { fit -> [LinePlot.Curve] in
      let name = Self.name(sync: fit.sync, threads: fit.threads, leaves: fit.leaves)
      guard fit.refusal == nil, let series = groups.firstIndex(where: { $0.name == name }),
        let one = fit.ranks.firstIndex(of: 1)
      else { return [] }
      let alone = fit.seconds[one]
      let ranks = Self.samples(upTo: fit.ranks.max() ?? 1)
      func curve(_ law: String, _ dash: Dash, _ seconds: (Int) -> Double) -> LinePlot.Curve {
        let points = ranks.compactMap { count in
          SampleStatistics.ratio(alone, seconds(count)).map {
            LinePlot.XY(Double(count), isEfficiency ? $0 / Double(count) : $0)
          }
        }
        return LinePlot.Curve("\(law), \(fit.sync)", lines: [points], series: series, dash: dash)
      }
      return [
        fit.amdahl.map { curve("Amdahl", .dashed, $0.seconds(ranks:)) },
        fit.usl.map { curve("USL", .solid, $0.seconds(ranks:)) },
        fit.logarithmic.map { curve("a + b/p + c log2 p", .dotted, $0.seconds(ranks:)) },
      ].compactMap { $0 }
    }
  }

  /// Rank counts to draw a law at: all up to 64, then ever fewer.
  private static func samples(upTo last: Int) -> [Int] {
    var counts: [Int] = []
    var count = 1
    while count < last {
      counts.append(count)
      count += max(1, count / 32)
    }
    return counts + [last]
  }
}
