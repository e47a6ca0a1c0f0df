/// Numbers of SVG: at most two digits after the point, so that equal charts have equal text.
enum Coordinate {
  /// `12`, `12.5`, `-0.25`; 0 for a number that is not finite or too large for a drawing.
  static func text(_ value: Double) -> String {
    guard value.isFinite, abs(value) < 1e9 else { return "0" }
    let hundredths = Int((abs(value) * 100).rounded())
    let whole = "\(hundredths / 100)"
    var digits = "\(hundredths % 100)"
    if hundredths % 100 < 10 { digits = "0" + digits }
    while digits.last == "0" { digits.removeLast() }
    let sign = value < 0 && hundredths > 0 ? "-" : ""
    return sign + whole + (digits.isEmpty ? "" : ".\(digits)")
  }

  /// A list of numbers between spaces, as in a path.
  static func list(_ values: Double...) -> String {
    values.map(text).joined(separator: " ")
  }
}

/// A place in a drawing, from the upper left corner, in units of the `viewBox`.
struct Position: Equatable {
  let x: Double
  let y: Double
}

/// A rectangle in a drawing.
struct Rectangle: Equatable {
  var x: Double
  var y: Double
  var width: Double
  var height: Double

  /// The outline as part of a path.
  var path: String {
    "M\(Coordinate.list(x, y))h\(Coordinate.text(width))v\(Coordinate.text(height))"
      + "h\(Coordinate.text(-width))z"
  }
}

/// The parts of paths that several charts use.
enum PathText {
  /// A line through positions; empty for fewer than two.
  static func line(_ positions: [Position]) -> String {
    guard let first = positions.first, positions.count > 1 else { return "" }
    return "M\(Coordinate.list(first.x, first.y))"
      + positions.dropFirst().map { "L\(Coordinate.list($0.x, $0.y))" }.joined()
  }
}
