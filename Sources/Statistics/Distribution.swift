/// Median, 10th and 90th percentile, and number of durations, such as those of single steps.
public struct Distribution: Codable, Equatable, Sendable {
  public var median: Double?
  public var p10: Double?
  public var p90: Double?
  /// The number of durations; if it is 0, the three other fields are nil.
  public var count: Int

  /// Summarises durations in seconds, from which the caller has removed the warm-up.
  public init(_ seconds: [Double]) {
    median = SampleStatistics.median(seconds)
    p10 = SampleStatistics.quantile(0.1, of: seconds)
    p90 = SampleStatistics.quantile(0.9, of: seconds)
    count = seconds.count
  }

  /// All fields at once.
  public init(median: Double?, p10: Double?, p90: Double?, count: Int) {
    self.median = median
    self.p10 = p10
    self.p90 = p90
    self.count = count
  }
}
