import Statistics
import TextTables

/// Medians with their intervals as text.
enum IntervalText {
  /// `0.91 [0.90, 0.92]`; without brackets for one value or equal ones; `-` if nil.
  static func text(_ interval: MedianInterval?, _ number: (Double) -> String) -> String {
    guard let interval else { return "-" }
    guard interval.low < interval.high else { return number(interval.median) }
    return "\(number(interval.median)) [\(number(interval.low)), \(number(interval.high))]"
  }

  /// The same with a number of digits after the point.
  static func fixed(_ interval: MedianInterval?, _ digits: Int) -> String {
    text(interval) { NumberText.fixed($0, digits) }
  }

  /// The same as seconds.
  static func seconds(_ interval: MedianInterval?) -> String {
    text(interval) { SecondsText.text($0, of: interval?.median) }
  }
}
