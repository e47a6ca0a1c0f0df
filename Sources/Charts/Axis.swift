/// An axis: what its numbers are, and how they are laid out.
public struct Axis: Sendable {
  public var title: String
  /// Printed in brackets after the title; empty for a number without a unit.
  public var unit: String
  public var scale: Scale
  /// Numbers that the axis covers besides those of the data, such as 0.
  public var includes: [Double]
  /// The places with a label; empty to find them.
  public var ticks: [Double]

  /// All fields at once.
  public init(
    _ title: String, unit: String = "", scale: Scale = .linear, includes: [Double] = [],
    ticks: [Double] = []
  ) {
    self.title = title
    self.unit = unit
    self.scale = scale
    self.includes = includes
    self.ticks = ticks
  }

  /// The title with its unit.
  var text: String { unit.isEmpty ? title : "\(title) [\(unit)]" }

  /// The range for numbers of the data, and its ticks.
  ///
  /// With ticks of its own the axis ends at the data; else at a tick.
  func range(
    of values: [Double], from start: Double, to end: Double
  ) -> (range: ScaledRange, ticks: [Double]) {
    let all = (values + includes + ticks).filter(scale.accepts)
    let low = all.min() ?? 1
    let high = all.max() ?? low
    guard ticks.isEmpty else {
      let width = high > low ? 0 : max(abs(low) / 2, 1e-6)
      return (
        ScaledRange(scale: scale, low: low - width, high: high + width, start: start, end: end),
        ticks.filter(scale.accepts)
      )
    }
    let found =
      scale == .linear
      ? Ticks.linear(from: low, to: high, count: 6) : Ticks.powersOfTwo(from: low, to: high)
    return (
      ScaledRange(
        scale: scale, low: found.first ?? low, high: found.last ?? high, start: start, end: end),
      found
    )
  }

  /// The labels of ticks.
  func labels(_ ticks: [Double]) -> [String] {
    scale == .linear && self.ticks.isEmpty ? Ticks.texts(ticks) : Ticks.shortTexts(ticks)
  }
}
