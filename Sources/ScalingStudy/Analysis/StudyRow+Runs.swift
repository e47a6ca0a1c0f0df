import RunRecords
import ScalingComparison
import Statistics
import TextTables

extension StudyRow {
  /// Summarises the runs of a row; nil if none counts.
  init?(_ key: RowKey, in table: BlockTable) {
    let counted = table.runs(of: key)
    guard !counted.isEmpty else { return nil }
    let all = table.allRuns(of: key)
    let comparison = RowComparison(key, counted, in: table)
    ranks = key.ranks
    nodes = key.nodes
    sync = key.sync
    threads = key.threads
    leaves = key.leaves
    binding = key.binding
    drill = key.drill
    runs = counted.count
    isFromBlocks = counted.contains { $0.block != nil }
    runIndices = all.map(\.index)
    trainingSeconds = MedianInterval(counted.map(\.seconds))
    imagesPerSecond = MedianInterval(counted.compactMap(\.record.result.imagesPerSecond))
    speedup = MedianInterval(comparison.speedups)
    runSpeedups = speedup == nil ? [] : RunSpeedup.list(key, in: table)
    efficiency = MedianInterval(comparison.speedups.map { $0 / Double(key.ranks) })
    scaledSeconds = MedianInterval(comparison.scaledSeconds)
    let toTarget = counted.compactMap { Self.secondsToTarget($0.record) }
    secondsToTarget = MedianInterval(toTarget)
    ledger = key.ranks > 1 ? Self.ledger(key, counted, in: table) : nil
    verdict = comparison.verdict
    faults = comparison.faults
    let isDisturbed = (counted + comparison.bases).contains(where: \.isDisturbed)
    remarks = comparison.remarks + (isDisturbed ? [Self.disturbed] : [])
    var notes = faults + remarks
    if let text = verdict?.text, !notes.contains(text) { notes.append(text) }
    if key.ranks == 1 && faults.isEmpty { notes.append("base") }
    if let efficiency, efficiency.median > 1 {
      notes.append(
        SuperlinearEfficiency.explanation(
          counted.map(\.record), base: comparison.bases.map(\.record)))
    }
    notes += Self.counts(counted, all, speedup, comparison.isPaired)
    if key.ranks > 1 { notes += Self.significance(speedup) }
    if counted.contains(where: { $0.record.work.targetAccuracy != nil }),
      toTarget.count < counted.count
    {
      notes.append("\(counted.count - toTarget.count) of \(counted.count) runs missed the target")
    }
    self.notes = notes
  }

  /// The remark where only disturbed runs are at hand.
  static let disturbed =
    "disturbed by other programs, with no undisturbed block or run to use: not a measurement"

  /// Training seconds to the end of the first epoch with the target accuracy.
  private static func secondsToTarget(_ record: RunRecord) -> Double? {
    guard let target = record.work.targetAccuracy,
      let reached = record.epochs.firstIndex(where: { $0.testAccuracy >= target })
    else { return nil }
    return record.epochs[...reached].map(\.seconds).reduce(0, +)
  }

  private static func ledger(
    _ key: RowKey, _ counted: [RunFacts], in table: BlockTable
  ) -> LossLedger? {
    guard let base = table.base(of: key) else { return nil }
    func local(_ run: RunFacts) -> RunRecord? { table.localRuns[run.index]?.record }
    let pairs = table.pairs(key, with: base)
    guard pairs.isEmpty else {
      return LossLedger(
        pairs.map {
          LedgerSample.Runs(run: $0.run.record, base: $0.base.record, local: local($0.run))
        })
    }
    guard let alone = RunFacts.representative(table.runs(of: base))?.record else { return nil }
    return LossLedger(
      counted.map { LedgerSample.Runs(run: $0.record, base: alone, local: local($0)) })
  }

  /// Notes on the numbers of runs and blocks.
  private static func counts(
    _ counted: [RunFacts], _ all: [RunFacts], _ speedup: MedianInterval?, _ isPaired: Bool
  ) -> [String] {
    var notes: [String] = []
    let count = counted.count
    if count == 1 {
      notes.append(ComparisonPhrases.singleRun)
    } else if let level = MedianInterval(counted.map(\.seconds))?.level {
      notes.append("\(NumberText.percent(level, 1)) % interval of \(count) runs")
    } else {
      notes.append("range of \(count) runs")
    }
    if let speedup, isPaired, speedup.count < count {
      notes.append(
        "speedup from \(NumberText.count(speedup.count, "block", "blocks")): "
          + "\(count - speedup.count) without a one-rank run")
    }
    if count > 1, !isPaired, speedup != nil {
      notes.append("runs outside blocks: speedup from medians, no interval")
    }
    let others = all.count - count
    if others > 0 {
      notes.append("\(NumberText.count(others, "more run does", "more runs do")) not count")
    }
    return notes
  }

  /// What the interval of the speedup says about more ranks; empty where that is a gain.
  private static func significance(_ speedup: MedianInterval?) -> [String] {
    guard let speedup, speedup.level != nil, speedup.low <= 1 else { return [] }
    return speedup.high < 1
      ? ["slower than one rank"] : ["no significant difference from one rank"]
  }
}
