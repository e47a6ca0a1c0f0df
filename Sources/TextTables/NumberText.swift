import Foundation

/// Numbers as people read them; a missing or non-finite one is `-`.
public enum NumberText {
  /// With `digits` digits after the point.
  public static func fixed(_ value: Double?, _ digits: Int) -> String {
    guard let value, value.isFinite else { return "-" }
    return String(format: "%.\(digits)f", value)
  }

  /// A fraction in percent, without the sign.
  public static func percent(_ fraction: Double?, _ digits: Int) -> String {
    fixed(fraction.map { $0 * 100 }, digits)
  }

  /// Two significant digits: `3.1e-05`.
  public static func scientific(_ value: Double) -> String { String(format: "%.1e", value) }

  /// Bytes in units of 10^6: `9.6 MB`.
  public static func megabytes(_ bytes: some BinaryInteger) -> String {
    fixed(Double(bytes) / 1e6, 1) + " MB"
  }

  /// A count and what is counted: `1 rank`, `2 ranks`.
  public static func count(_ count: Int, _ one: String, _ many: String) -> String {
    "\(count) \(count == 1 ? one : many)"
  }

  /// Sorted core numbers as ranges: `0-3,8`.
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
