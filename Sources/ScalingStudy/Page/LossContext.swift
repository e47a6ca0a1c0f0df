import Charts
import RunRecords
import TextTables

/// The training loss of all runs of a work over epochs, or a sentence where there is no curve.
struct LossContext {
  let figure: FigureContext?
  let sentence: String?

  /// At most this many different curves of a configuration are drawn.
  private static let mostCurves = 100

  init(_ work: StudyWork, runs: [StudyRun]) {
    let groups = work.rows.map { row in
      (name: RowText.name(row), epochs: row.runIndices.map { runs[$0].record.epochs })
    }
    let all = groups.flatMap(\.epochs)
    guard all.contains(where: { $0.count > 1 }) else {
      figure = nil
      sentence = Self.sentence(all.compactMap(\.first))
      return
    }
    let last = all.map(\.count).max() ?? 1
    var plot = LinePlot(
      title: "Training loss of \(VerdictSentence.name(of: work))",
      description: groups.map { "\($0.name): \(Self.range($0.epochs.compactMap(\.last)))" }
        .joined(separator: "; "),
      x: Axis("epoch", ticks: Self.ticks(last)),
      y: Axis("training loss, mean of each epoch", includes: [0]))
    plot.curves = groups.enumerated().map { index, group in
      let dash = Dash.allCases[index % Dash.allCases.count]
      return LinePlot.Curve(
        group.name, lines: Self.lines(group.epochs), series: index, dash: dash)
    }
    figure = FigureContext(
      svg: plot.svg(),
      caption: "Training loss of every epoch, all runs on one another; equal curves are drawn "
        + "once. The last epoch of a run may be shorter than the others.")
    sentence = nil
  }

  /// The different curves of runs.
  private static func lines(_ runs: [[EpochRecord]]) -> [[LinePlot.XY]] {
    var seen = Set<[Double]>()
    let different = runs.filter { seen.insert($0.map(\.trainingLoss)).inserted }
    return different.prefix(mostCurves).map { epochs in
      epochs.map { LinePlot.XY(Double($0.epoch), $0.trainingLoss) }
    }
  }

  /// Ten labels at most.
  private static func ticks(_ last: Int) -> [Double] {
    let step = (last + 9) / 10
    return stride(from: 1, through: last, by: step).map(Double.init)
  }

  private static func sentence(_ epochs: [EpochRecord]) -> String {
    guard !epochs.isEmpty else {
      return "The records have no epochs, so there is no loss to show."
    }
    return "Every run trained one epoch or a part of it, and records have one training loss for "
      + "each epoch, so there is no curve. The loss of that epoch: \(range(epochs))."
  }

  private static func range(_ epochs: [EpochRecord]) -> String {
    let losses = epochs.map(\.trainingLoss).filter(\.isFinite)
    guard let low = losses.min(), let high = losses.max() else { return "none" }
    let text = NumberText.fixed(low, 4)
    return NumberText.fixed(high, 4) == text
      ? "\(text) in all runs" : "\(text) to \(NumberText.fixed(high, 4))"
  }
}
