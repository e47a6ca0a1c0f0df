import Statistics

/// The speedup of one run, for plots.
public struct RunSpeedup: Equatable, Sendable {
  /// A place in `StudyAnalysis.runs`.
  public let runIndex: Int
  /// T(1)/T(p) of its block, under weak scaling times the ratio of samples.
  ///
  /// Outside blocks T(1) is the median of the one-rank runs.
  public let speedup: Double
  /// Whether other programs disturbed the run or the one-rank run of its block.
  public let isDisturbed: Bool

  /// The runs of a row of several ranks that have a one-rank run to compare with.
  ///
  /// Attempts that a later one replaced are left out.
  static func list(_ row: RowKey, in table: BlockTable) -> [RunSpeedup] {
    guard row.ranks > 1, let base = table.base(of: row) else { return [] }
    let pairs = table.allPairs(row, with: base)
    guard pairs.isEmpty else {
      return pairs.compactMap { run, base in
        RunSpeedup(run, [base], isDisturbed: run.isDisturbed || base.isDisturbed)
      }
    }
    let bases = table.runs(of: base)
    return table.allRuns(of: row).compactMap { run in
      RunSpeedup(run, bases, isDisturbed: run.isDisturbed)
    }
  }

  /// Nil if a time is zero.
  private init?(_ run: RunFacts, _ bases: [RunFacts], isDisturbed: Bool) {
    guard let alone = SampleStatistics.median(bases.map(\.seconds)),
      let factor = RowComparison.factor([run], bases),
      let ratio = SampleStatistics.ratio(factor * alone, run.seconds)
    else { return nil }
    runIndex = run.index
    speedup = ratio
    self.isDisturbed = isDisturbed
  }
}
