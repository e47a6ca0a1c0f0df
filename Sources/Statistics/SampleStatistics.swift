/// Summaries of a few measured values.
///
/// Values that are not finite are ignored. If no value remains, the result is nil.
public enum SampleStatistics {
  /// The middle value, or the mean of the two middle ones.
  public static func median(_ values: [Double]) -> Double? {
    quantile(0.5, of: values)
  }

  /// A quantile: the value below which `fraction` of the values are.
  ///
  /// Interpolates linearly between neighbouring values. A fraction below 0 or above 1 is taken as 0
  /// or 1.
  public static func quantile(_ fraction: Double, of values: [Double]) -> Double? {
    let sorted = values.filter(\.isFinite).sorted()
    guard let last = sorted.last else { return nil }
    let position = Swift.min(Swift.max(fraction, 0), 1) * Double(sorted.count - 1)
    let lower = Int(position)
    guard lower + 1 < sorted.count else { return last }
    return sorted[lower] + (position - Double(lower)) * (sorted[lower + 1] - sorted[lower])
  }

  /// The smallest value.
  public static func minimum(_ values: [Double]) -> Double? {
    values.filter(\.isFinite).min()
  }

  /// The arithmetic mean.
  public static func mean(_ values: [Double]) -> Double? {
    let finite = values.filter(\.isFinite)
    return finite.isEmpty ? nil : finite.reduce(0, +) / Double(finite.count)
  }

  /// The largest value.
  public static func maximum(_ values: [Double]) -> Double? {
    values.filter(\.isFinite).max()
  }

  /// The difference between the largest and the smallest value, divided by the median.
  public static func spread(_ values: [Double]) -> Double? {
    guard let low = minimum(values), let high = maximum(values), let middle = median(values)
    else { return nil }
    return ratio(high - low, middle)
  }

  /// A quotient; nil if the divisor is zero or less, or if the quotient is not finite.
  public static func ratio(_ dividend: Double, _ divisor: Double) -> Double? {
    guard divisor > 0, (dividend / divisor).isFinite else { return nil }
    return dividend / divisor
  }
}
