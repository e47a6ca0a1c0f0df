import Statistics
import TextTables

/// The step times of one configuration: quantiles of single steps, medians over its runs.
struct StepTimeContext {
  let name: String
  let runs: String
  /// Steps of a run after the warm-up.
  let steps: String
  /// In milliseconds, with the interval over runs.
  let median: String
  let p10: String
  let p90: String
  /// The same in seconds, without intervals, for the chart.
  let quantiles: (p10: Double, median: Double, p90: Double)

  /// The rows of a work, then the one-rank runs at its local batches; only runs that count.
  static func list(_ work: StudyWork, runs: [StudyRun]) -> [StepTimeContext] {
    let configurations =
      work.rows.map { (RowText.name($0), $0.runIndices) }
      + work.localRuns.map { ("1 rank, batch \($0.batch), for the ledger", $0.runIndices) }
    return configurations.compactMap { name, indices in
      StepTimeContext(name, indices.map { runs[$0] }.filter { $0.exclusion == nil })
    }
  }

  /// Nil if no run has steps after the warm-up.
  private init?(_ name: String, _ runs: [StudyRun]) {
    let steps = runs.map(\.record.result.stepSeconds).filter { $0.count > 0 }
    guard let median = MedianInterval(steps.compactMap(\.median)) else { return nil }
    self.name = name
    self.runs = "\(steps.count)"
    self.steps = NumberText.ranges(steps.map(\.count))
    self.median = IntervalText.text(median, Self.milliseconds)
    let low = SampleStatistics.median(steps.compactMap(\.p10))
    let high = SampleStatistics.median(steps.compactMap(\.p90))
    p10 = Self.milliseconds(low)
    p90 = Self.milliseconds(high)
    quantiles = (low ?? median.median, median.median, high ?? median.median)
  }

  private static func milliseconds(_ seconds: Double?) -> String {
    NumberText.fixed(seconds.map { 1000 * $0 }, 3)
  }
}
