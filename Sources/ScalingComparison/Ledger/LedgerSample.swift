import RunRecords

/// The ledger of one run of several ranks.
package struct LedgerSample {
  /// The runs that a ledger is computed from, all of one block of a study.
  package struct Runs {
    let run: RunRecord
    /// One rank with the whole batch.
    let base: RunRecord
    /// One rank with the local batch; nil under weak scaling, where `base` is that.
    let local: RunRecord?

    /// The runs of one block.
    package init(run: RunRecord, base: RunRecord, local: RunRecord?) {
      self.run = run
      self.base = base
      self.local = local
    }

    /// Phases that a device executed together in one of the runs.
    var fusedPhases: Set<Phase> {
      let ranks = run.ranks + base.ranks + (local?.ranks ?? [])
      return Set(ranks.lazy.compactMap(\.fusedPhases).joined())
    }
  }

  /// Seconds of each part, summed over ranks; their sum is `total`.
  let seconds: [LossPart: Double]
  /// p T(p) - f T(1).
  let total: Double
  /// p T(p).
  let rankSeconds: Double
  /// The terms of the POP factors.
  let terms: POPFactors.Terms

  /// The ledger of one run; nil if one of the runs has no ranks, no samples or no seconds.
  ///
  /// - Parameters:
  ///   - fused: phases that count as computation, in all runs of a ledger alike.
  ///   - separatesLocalBatch: whether to use the run at the local batch.
  init?(_ runs: Runs, fused: Set<Phase>, separatesLocalBatch: Bool) {
    let own = RankSums(runs.run, fused: fused)
    let base = RankSums(runs.base, fused: fused)
    let ranks = Double(runs.run.ranks.count)
    guard own.samples > 0, base.samples > 0, own.training > 0, base.training > 0 else {
      return nil
    }
    let isWeak = runs.run.config.scaling == .weak
    // Under weak scaling the baseline has fewer samples; its seconds are scaled to as many.
    let f = isWeak ? own.samples / base.samples : 1
    rankSeconds = ranks * own.longestTraining
    total = rankSeconds - f * base.longestTraining
    var parts: [LossPart: Double] = [
      .imbalance: own.wait - f * base.wait,
      .skew: rankSeconds - own.training,
      .transfer: own.transfer - f * base.transfer,
    ]
    if !fused.contains(.update) { parts[.update] = own.update - f * base.update }
    if !fused.contains(.load) { parts[.load] = own.load - f * base.load }
    if isWeak {
      parts[.slowerComputation] = own.computation - f * base.computation
    } else if separatesLocalBatch {
      guard let local = runs.local.map({ RankSums($0, fused: fused) }), local.samples > 0
      else { return nil }
      // The computation of all ranks, as fast as one rank alone is with the local batch.
      let alone = local.computation * own.samples / local.samples
      parts[.localBatch] = alone - f * base.computation
      parts[.slowerComputation] = own.computation - alone
    } else {
      parts[.computation] = own.computation - f * base.computation
    }
    // Sorted, so that rounding does not depend on the order of a dictionary.
    let explained = LossPart.allCases.compactMap { parts[$0] }.reduce(0, +)
    parts[.rest] = total - explained
    seconds = parts
    terms = POPFactors.Terms(
      ranks: ranks, compute: own.compute, longestCompute: own.longestCompute,
      longestTraining: own.longestTraining, baseCompute: f * base.compute)
  }
}
