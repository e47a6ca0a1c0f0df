import RunRecords

/// All records of one configuration, against the one-rank records of the same work.
///
/// Times and rates are medians over the records. What could not be measured is nil.
public struct ComparisonRow: Codable, Equatable, Sendable {
  public var ranks: Int
  public var nodes: Int
  public var hosts: [String]
  public var threadsPerRank: Int
  public var binding: BindingClass
  /// How gradients came together; empty for one rank.
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
  /// T(1)/T(p) under strong, the ratio of samples per second of training under weak scaling; nil
  /// where the row does not count against its base.
  public var speedup: Double?
  /// The speedup divided by the number of ranks.
  public var efficiency: Double?
  /// Waiting and transfer of all ranks divided by the training seconds of all ranks.
  public var communicationShare: Double?
  public var waitShare: Double?
  public var transferShare: Double?
  public var testAccuracy: Double?
  /// Whether the accuracy agrees with the base; nil without a base.
  public var accuracyAgrees: Bool?
  public var testLoss: Double?
  public var finalLoss: Double?
  public var samplesSeen: Double?
  public var peakMemoryBytes: UInt64
  public var replicasEqual: Bool
  /// Whether the times are a measurement: no crowded cores, no shared GPU, no busy machine.
  public var isMeasurement: Bool
  /// Whether the row and its base did the same work, by their certificates; nil without a base, and
  /// for the base itself.
  public var verdict: WorkVerdict?
  /// The number of one-rank records that the speedup refers to, and their median.
  public var baseRuns: Int
  public var baseTrainingSeconds: Double?
  /// Why no speedup is given, or what differs from the base although one is.
  public var differences: [String]
  /// Everything to know about this row; the differences come first.
  public var notes: [String]
}
