public import RunRecords

/// The plan of a study: which configurations it runs, and how often.
///
/// The factors `ranks` to `batches` are multiplied out; `runs` adds single configurations. Lists
/// are in the user's order, each value once. Values are checked by `configurations()`.
public struct StudyPlan: Codable, Equatable, Sendable {
  /// The blocks after which a study with `until` looks at its intervals for the first time.
  public static let firstLook = 9

  /// Rank counts; may be empty if there are `runs`.
  public var ranks: [Int]
  public var scalings: [Scaling]
  /// Gradient exchange methods.
  public var syncs: [String]
  /// Threads of each rank.
  public var threads: [Int]
  public var models: [String]
  /// Global batches under strong scaling, local batches under weak scaling.
  public var batches: [Int]
  /// Explicit runs, besides the factors.
  public var runs: [StudyConfiguration]
  /// The number of blocks; each has every configuration once.
  public var repeats: Int
  /// The largest number of blocks, for `until`.
  public var maxRepeats: Int
  /// The width of every efficiency's interval, over its median, at which the study ends.
  ///
  /// 0.02 for `2%`; nil to end after `repeats` blocks.
  public var until: Double?
  /// The least duration of the timed part of the quickest run, in seconds.
  public var minSeconds: Double
  /// The seed of the order of configurations in each block.
  public var seed: UInt64
  /// Options of `train`, the same for all runs.
  public var options: [String]

  /// A plan; values that occur twice in a list are dropped.
  ///
  /// - Parameter maxRepeats: nil for 30, or `repeats` if that is more.
  public init(
    ranks: [Int] = [1, 2], scalings: [Scaling] = [.strong], syncs: [String] = ["allreduce"],
    threads: [Int] = [1], models: [String] = ["cnn"], batches: [Int] = [64],
    runs: [StudyConfiguration] = [], repeats: Int = 9, maxRepeats: Int? = nil,
    until: Double? = nil, minSeconds: Double = 5, seed: UInt64 = 1, options: [String] = []
  ) {
    self.ranks = Self.unique(ranks)
    self.scalings = Self.unique(scalings)
    self.syncs = Self.unique(syncs)
    self.threads = Self.unique(threads)
    self.models = Self.unique(models.map(StudyConfiguration.normalized))
    self.batches = Self.unique(batches)
    self.runs = Self.unique(runs)
    self.repeats = repeats
    self.maxRepeats = maxRepeats ?? max(30, repeats)
    self.until = until
    self.minSeconds = minSeconds
    self.seed = seed
    self.options = options
  }

  /// The values in their order, without those that occurred before.
  static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen = Set<Value>()
    return values.filter { seen.insert($0).inserted }
  }
}
