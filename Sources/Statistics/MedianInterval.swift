/// A median with an interval from order statistics.
///
/// The interval reaches from the k-th smallest to the k-th largest value. It assumes no shape of
/// the distribution; it assumes that the values are independent. Hoefler and Belli, "Scientific
/// benchmarking of parallel computing systems", SC15, section 3.1.3.
public struct MedianInterval: Codable, Equatable, Sendable {
  /// The middle value, or the mean of the two middle ones.
  public let median: Double
  /// The lower end of the interval: the k-th smallest value.
  public let low: Double
  /// The upper end of the interval: the k-th largest value.
  public let high: Double
  /// The probability with which such an interval contains the median of the distribution.
  ///
  /// It is at least the level that was asked for, such as 0.96875 for six values. Nil if there are
  /// too few values for that level; `low` and `high` are then their range.
  public let level: Double?
  /// The number of values.
  public let count: Int

  /// The narrowest interval whose coverage is at least `level`.
  ///
  /// Values that are not finite are ignored; nil if no value remains.
  public init?(_ values: [Double], level: Double = 0.95) {
    let sorted = values.filter(\.isFinite).sorted()
    guard let median = SampleStatistics.median(sorted) else { return nil }
    self.median = median
    count = sorted.count
    let k = Self.orderStatistic(count: sorted.count, level: level)
    low = sorted[max(k, 1) - 1]
    high = sorted[sorted.count - max(k, 1)]
    self.level = k == 0 ? nil : Binomial.coverage(ofOrderStatistic: k, count: sorted.count)
  }

  /// The width of the interval divided by the median; nil if the median is zero or less.
  public var relativeWidth: Double? { SampleStatistics.ratio(high - low, median) }

  /// Encodes all fields; `level` is null where low and high are a range.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(median, forKey: .median)
    try container.encode(low, forKey: .low)
    try container.encode(high, forKey: .high)
    try container.encode(level, forKey: .level)
    try container.encode(count, forKey: .count)
  }

  /// The largest k, from 1, whose interval has a coverage of at least `level`; 0 if none has.
  static func orderStatistic(count: Int, level: Double) -> Int {
    // The coverage falls as k grows, and k above count / 2 leaves at most one value.
    var k = 0
    while 2 * (k + 1) <= count,
      Binomial.coverage(ofOrderStatistic: k + 1, count: count) >= level
    {
      k += 1
    }
    return k
  }
}
