import RunRecords

/// All records of one configuration, compared with the one-rank records of the same work.
///
/// Times and rates are medians over the records. A value that was not measured is nil.
public struct ComparisonRow: Codable, Equatable, Sendable {
  public var ranks: Int
  public var nodes: Int
  public var hosts: [String]
  public var threadsPerRank: Int
  public var binding: BindingClass
  /// Gradient exchange method; empty for one rank.
  public var sync: String
  /// Leaves of the reproducible mode; nil in the fast mode.
  public var leaves: Int?
  public var device: String
  public var cpu: String
  public var cores: Int
  public var revision: String
  public var globalBatch: Int
  /// The number of records summarised.
  public var runs: Int
  public var runIDs: [String]
  public var trainingSeconds: Double?
  public var trainingSecondsMin: Double?
  public var trainingSecondsMax: Double?
  public var imagesPerSecond: Double?
  /// T(1)/T(p) under strong scaling, the ratio of samples per training second under weak scaling.
  ///
  /// Nil if the row may not be compared with its baseline.
  public var speedup: Double?
  /// The speedup divided by the number of ranks.
  public var efficiency: Double?
  /// Waiting and transfer of all ranks divided by the training seconds of all ranks.
  public var communicationShare: Double?
  public var waitShare: Double?
  public var transferShare: Double?
  public var testAccuracy: Double?
  /// Whether the accuracy agrees with the baseline; nil without a baseline.
  public var accuracyAgrees: Bool?
  public var testLoss: Double?
  public var finalLoss: Double?
  public var samplesSeen: Double?
  public var peakMemoryBytes: UInt64
  public var replicasEqual: Bool
  /// Whether the times are a measurement: no oversubscribed cores, no shared GPU, no other load.
  public var isMeasurement: Bool
  /// Whether the row and its baseline did the same work, by their certificates.
  ///
  /// Nil without a baseline, and for the baseline itself.
  public var verdict: WorkVerdict?
  /// The number of one-rank records that the speedup refers to, and their median.
  public var baseRuns: Int
  public var baseTrainingSeconds: Double?
  /// Why there is no speedup, or what differs from the baseline although there is one.
  public var differences: [String]
  /// All notes on this row; the differences come first.
  public var notes: [String]
}
