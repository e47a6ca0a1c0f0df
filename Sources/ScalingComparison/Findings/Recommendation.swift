import RunRecords
import TextTables

/// One sentence of advice, derived from the figures of a run and its baseline.
struct Recommendation {
  let sentence: String
  /// Whether the advice is to stay with one rank.
  let favoursSingle: Bool

  init(row: ComparisonRow, base: [RunRecord], multi: RunRecord) {
    guard let speedup = row.speedup, let efficiency = row.efficiency else {
      favoursSingle = false
      sentence = Self.unknown(row)
      return
    }
    favoursSingle = speedup <= 1
    let devices = NumberText.count(row.ranks, "rank", "ranks")
    let times = "\(NumberText.fixed(speedup, 2)) times as fast as one"
    let caveat = row.differences.isEmpty ? "" : " What differs under same work limits this."
    let loss = Self.largestLoss(base: base, multi: multi)
    if favoursSingle {
      sentence =
        "Keep one rank: \(devices) are only \(times)"
        + (loss.map { "; most is lost to \($0)." } ?? ".") + caveat
    } else if efficiency >= 0.8 {
      sentence =
        "Several devices pay: \(devices) are \(times)"
        + (loss.map { "; the largest loss is \($0)." } ?? ".") + caveat
    } else {
      sentence =
        "Several devices help where time matters more than cores: \(devices) are \(times)"
        + (loss.map { "; most is lost to \($0)." } ?? ".") + caveat
    }
  }

  private static func unknown(_ row: ComparisonRow) -> String {
    if !row.replicasEqual { return "Cannot be said: the replicas differ." }
    if !row.isMeasurement { return "Cannot be said: the run is not a measurement." }
    return row.baseRuns == 0
      ? "Cannot be said without a comparable one-rank run."
      : "Cannot be said: the runs do not count against each other (see same work)."
  }

  /// The largest part of the loss ledger, and its seconds over all ranks.
  private static func largestLoss(base: [RunRecord], multi: RunRecord) -> String? {
    // One run each has no blocks: the baseline of median time stands for all.
    let sorted = base.sorted { $0.result.trainingSeconds < $1.result.trainingSeconds }
    guard !sorted.isEmpty,
      let ledger = LossLedger([
        LedgerSample.Runs(run: multi, base: sorted[(sorted.count - 1) / 2], local: nil)
      ]), let largest = ledger.largest
    else { return nil }
    let name =
      switch largest.part {
      case .imbalance, .skew: "waiting for other ranks"
      case .transfer: "the transfer of gradients"
      case .update:
        multi.config.sync == "node" ? "the update" : "the update, repeated on every rank"
      case .computation, .localBatch, .slowerComputation:
        "slower forward and backward passes (smaller products)"
      case .load, .rest: "loading and the rest of the step"
      }
    return "\(name) (\(NumberText.fixed(largest.seconds, 2)) s over all ranks)"
  }
}
