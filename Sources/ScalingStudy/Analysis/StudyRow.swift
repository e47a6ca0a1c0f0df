import RunRecords
import ScalingComparison
import Statistics

/// All runs of one configuration, compared with one rank.
public struct StudyRow: Sendable {
  public let ranks: Int
  public let nodes: Int
  /// Gradient exchange method; empty for one rank.
  public let sync: String
  /// Threads per rank.
  public let threads: Int
  /// Leaves of the reproducible mode; nil in the fast mode.
  public let leaves: Int?
  public let binding: BindingClass
  /// The injected fault; such a row has no speedup.
  public let drill: String?
  /// The number of runs that count.
  public let runs: Int
  /// Whether these are runs of a study's blocks; else all are runs outside a study.
  public let isFromBlocks: Bool
  /// All runs in the order of blocks, as indices of `StudyAnalysis.runs`.
  public let runIndices: [Int]
  public let trainingSeconds: MedianInterval?
  /// After the warm-up.
  public let imagesPerSecond: MedianInterval?
  /// T(1)/T(p) of each block, under weak scaling times the ratio of samples.
  ///
  /// Nil if `faults` has a reason why the row may not be compared.
  public let speedup: MedianInterval?
  /// The speedups of single runs, also of those that do not count; empty for one rank.
  public let runSpeedups: [RunSpeedup]
  /// The speedup divided by the number of ranks.
  public let efficiency: MedianInterval?
  /// Training seconds for as many samples as the one-rank runs trained, for fits.
  public let scaledSeconds: MedianInterval?
  /// Training seconds until an epoch reached the target accuracy.
  public let secondsToTarget: MedianInterval?
  /// Nil for one rank, and without a one-rank run.
  public let ledger: LossLedger?
  /// Whether the runs did the same work as their baselines; nil for one rank.
  public let verdict: WorkVerdict?
  /// Why there is no speedup; empty if there is one.
  public let faults: [String]
  /// What differs from the one-rank runs although there is a speedup.
  public let remarks: [String]
  /// All notes on this row; `faults` and `remarks` come first.
  public let notes: [String]
}
