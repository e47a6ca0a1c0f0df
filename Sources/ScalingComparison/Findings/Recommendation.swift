import RunRecords
import Statistics
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

  /// The part of a step with the largest loss, and its seconds over all ranks.
  ///
  /// A loss is the time of all ranks beyond the baseline's time for as many samples.
  private static func largestLoss(base: [RunRecord], multi: RunRecord) -> String? {
    func extra(_ part: (RankRecord) -> Double) -> Double {
      let needed = base.compactMap { record in
        SampleStatistics.ratio(Double(multi.result.samplesSeen), Double(record.result.samplesSeen))
          .map { $0 * record.ranks.map(part).reduce(0, +) }
      }
      return multi.ranks.map(part).reduce(0, +) - (SampleStatistics.median(needed) ?? 0)
    }
    let losses = [
      ("waiting for other ranks", extra { $0.phases.allReduceWait }),
      ("the transfer of gradients", extra { $0.phases.allReduceTransfer }),
      (
        multi.config.sync == "node" ? "the update" : "the update, repeated on every rank",
        extra { $0.phases.update }
      ),
      (
        "slower forward and backward passes (smaller products)",
        extra { $0.phases.forward + $0.phases.backward }
      ),
      ("loading and the rest of the step", extra { $0.phases.load + $0.otherSeconds }),
    ]
    guard let largest = losses.max(by: { $0.1 < $1.1 }), largest.1 > 0 else { return nil }
    return "\(largest.0) (\(NumberText.fixed(largest.1, 2)) s over all ranks)"
  }
}
