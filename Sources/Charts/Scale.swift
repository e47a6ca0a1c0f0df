import Glibc

/// How numbers become places of an axis.
public enum Scale: Sendable {
  case linear
  /// By powers of two; numbers must be greater than zero.
  case log2

  /// The number as a length along the axis.
  func length(_ value: Double) -> Double {
    switch self {
    case .linear: value
    case .log2: Glibc.log2(value)
    }
  }

  /// Whether the scale has a place for a number.
  func accepts(_ value: Double) -> Bool {
    value.isFinite && (self == .linear || value > 0)
  }
}

/// A scale with its smallest and largest number, and their places in a drawing.
struct ScaledRange {
  let scale: Scale
  let low: Double
  let high: Double
  /// The place of `low`.
  let start: Double
  /// The place of `high`.
  let end: Double

  /// The place of a number; numbers outside the range have places outside.
  func position(_ value: Double) -> Double {
    let whole = scale.length(high) - scale.length(low)
    guard whole > 0, scale.accepts(value) else { return start }
    return start + (end - start) * (scale.length(value) - scale.length(low)) / whole
  }
}
