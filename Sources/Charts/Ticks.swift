/// Places of an axis that get a label.
public enum Ticks {
  /// Multiples of 1, 2, 2.5 or 5 times a power of ten, from at or below `low` to at or above `high`.
  ///
  /// - Parameter count: about how many; at least 2.
  public static func linear(from low: Double, to high: Double, count: Int = 5) -> [Double] {
    let (low, high) = ordered(low, high)
    let rough = (high - low) / Double(max(count, 2) - 1)
    let step = niceStep(atLeast: rough)
    let first = (low / step + 1e-9).rounded(.down)
    let last = (high / step - 1e-9).rounded(.up)
    return stride(from: first, through: max(last, first + 1), by: 1).map { $0 * step }
  }

  /// Powers of two from at or below `low` to at or above `high`, both greater than zero.
  public static func powersOfTwo(from low: Double, to high: Double) -> [Double] {
    guard low > 0, high >= low, high.isFinite else { return [1, 2] }
    var ticks = [1.0]
    while let first = ticks.first, first > low { ticks.insert(first / 2, at: 0) }
    while let last = ticks.last, last < high { ticks.append(last * 2) }
    while ticks.count > 1, ticks[1] <= low { ticks.removeFirst() }
    while ticks.count > 1, ticks[ticks.count - 2] >= high { ticks.removeLast() }
    return ticks.count > 1 ? ticks : [ticks[0], ticks[0] * 2]
  }

  /// The texts of ticks, all with as many digits after the point as the finest needs, at most 6.
  public static func texts(_ ticks: [Double]) -> [String] {
    let digits = ticks.map(digitsAfterPoint).max() ?? 0
    return ticks.map { fixed($0, digits) }
  }

  /// The texts of ticks, each with as many digits after the point as it needs, at most 6.
  public static func shortTexts(_ ticks: [Double]) -> [String] {
    ticks.map { fixed($0, digitsAfterPoint($0)) }
  }

  private static func ordered(_ low: Double, _ high: Double) -> (Double, Double) {
    guard low.isFinite, high.isFinite else { return (0, 1) }
    if low < high { return (low, high) }
    return low > high ? (high, low) : (low, low + max(abs(low) / 10, 1e-6))
  }

  private static func niceStep(atLeast rough: Double) -> Double {
    var power = 1.0
    while power > rough { power /= 10 }
    while power * 10 <= rough { power *= 10 }
    let factor = [1, 2, 2.5, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
    return factor * power
  }

  private static func digitsAfterPoint(_ value: Double) -> Int {
    var scaled = abs(value)
    for digits in 0..<6 {
      if abs(scaled - scaled.rounded()) < 1e-6 * max(1, scaled) { return digits }
      scaled *= 10
    }
    return 6
  }

  private static func fixed(_ value: Double, _ digits: Int) -> String {
    let power = (0..<digits).reduce(1.0) { power, _ in power * 10 }
    let scaled = (abs(value) * power).rounded()
    guard scaled < 1e15 else { return "\(value)" }
    let whole = Int(scaled)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return "\(sign)\(whole)" }
    let text = "\(whole)"
    let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
    return "\(sign)\(padded.dropLast(digits)).\(padded.suffix(digits))"
  }
}
