import RunRecords

/// Where the time of several ranks went: p T(p) - f T(1), split into parts.
///
/// Seconds are sums over all ranks. f is 1 under strong scaling, and the ratio of samples under
/// weak scaling. The parts are computed in each block of a study and shown as means over blocks,
/// which add up to the total; the medians of a table do not.
public struct LossLedger: Equatable, Sendable {
  /// One part: its mean over blocks, and the smallest and largest value.
  public struct Entry: Codable, Equatable, Sendable {
    public let part: LossPart
    public let seconds: Double
    public let low: Double
    public let high: Double
  }

  /// The rank with the most compute time (load, forward, backward, update), as means over blocks.
  public struct SlowestRank: Codable, Equatable, Sendable {
    public let rank: Int
    public let host: String
    public let computeSeconds: Double
    /// The mean over all ranks.
    public let meanSeconds: Double
  }

  /// The parts, in the order of `LossPart`.
  public let entries: [Entry]
  /// The sum of the parts.
  public let totalSeconds: Double
  /// p T(p).
  public let rankSeconds: Double
  /// The number of blocks, or of runs outside a study.
  public let blocks: Int
  /// Nil if the run has one rank.
  public let slowestRank: SlowestRank?
  /// Phases that a device executes together, in canonical order; they count as computation.
  public let fusedPhases: [Phase]
  /// Nil if no rank has compute time.
  public let factors: POPFactors?

  /// The part with the most seconds; nil if no part is a loss.
  public var largest: Entry? {
    entries.max { $0.seconds < $1.seconds }.flatMap { $0.seconds > 0 ? $0 : nil }
  }

  /// The share of p T(p).
  public func share(of seconds: Double) -> Double {
    rankSeconds > 0 ? seconds / rankSeconds : 0
  }

  /// The ledger of a row; nil if no block has both the row's run and its baseline.
  ///
  /// If a block has a run at the local batch, only such blocks are used.
  package init?(_ blocks: [LedgerSample.Runs]) {
    let separated = blocks.filter { $0.local != nil }
    let used = separated.isEmpty ? blocks : separated
    let fused = used.reduce(into: Set<Phase>()) { $0.formUnion($1.fusedPhases) }
    let samples = used.compactMap {
      LedgerSample($0, fused: fused, separatesLocalBatch: !separated.isEmpty)
    }
    guard !samples.isEmpty else { return nil }
    entries = LossPart.allCases.compactMap { part in
      let seconds = samples.compactMap { $0.seconds[part] }
      guard let low = seconds.min(), let high = seconds.max() else { return nil }
      return Entry(part: part, seconds: Self.mean(seconds), low: low, high: high)
    }
    totalSeconds = Self.mean(samples.map(\.total))
    rankSeconds = Self.mean(samples.map(\.rankSeconds))
    self.blocks = samples.count
    slowestRank = Self.slowestRank(used.map(\.run))
    fusedPhases = Phase.allCases.filter(fused.contains)
    factors = POPFactors(samples.map(\.terms))
  }

  private static func mean(_ values: [Double]) -> Double {
    values.reduce(0, +) / Double(values.count)
  }

  private static func slowestRank(_ runs: [RunRecord]) -> SlowestRank? {
    var sums: [Int: Double] = [:]
    for rank in runs.flatMap(\.ranks) { sums[rank.rank, default: 0] += rank.phases.compute }
    let slowest = sums.max { ($0.value, $1.key) < ($1.value, $0.key) }
    guard sums.count > 1, let slowest,
      let host = runs.first?.ranks.first(where: { $0.rank == slowest.key })?.host
    else { return nil }
    let count = Double(runs.count)
    return SlowestRank(
      rank: slowest.key, host: host, computeSeconds: slowest.value / count,
      meanSeconds: sums.values.sorted().reduce(0, +) / Double(sums.count) / count)
  }
}
