import Foundation

/// Formats numbers for human readers; a missing or non-finite number is `-`.
public enum NumberText {
  /// A number with `digits` digits after the point.
  public static func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "-" }
    return String(format: "%.\(digits)f", value)
  }

  /// A fraction in percent, without the percent sign.
  public static func percent(_ fraction: Double?, _ digits: Int) -> String {
    fixed(fraction.map { $0 * 100 }, digits)
  }

  /// A number with two significant digits: `3.1e-05`.
  public static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  /// A number of bytes in units of 10^6 bytes: `9.6 MB`.
  public static func megabytes(_ bytes: some BinaryInteger) -> String {
    fixed(Double(bytes) / 1e6, 1) + " MB"
  }

  /// A count with its noun in the singular or plural: `1 rank`, `2 ranks`.
  public static func count(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// Numbers of cores or ranks as ranges in ascending order: `0-3,8`; `-` if there are none.
  public static func ranges(_ numbers: [Int]) -> String {
    var parts: [ClosedRange<Int>] = []
    for number in Set(numbers).sorted() {
      if let last = parts.last, last.upperBound == number - 1 {
        parts[parts.count - 1] = last.lowerBound...number
      } else {
        parts.append(number...number)
      }
    }
    guard !parts.isEmpty else { return "-" }
    return parts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
      .joined(separator: ",")
  }
}
