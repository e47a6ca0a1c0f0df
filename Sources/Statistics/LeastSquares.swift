/// Ordinary least squares of small dense problems, by Householder's QR decomposition.
///
/// Golub and Van Loan, "Matrix computations", section 5.3.
public enum LeastSquares {
  /// The coefficients c that minimise the sum of squares of `y - rows * c`, and what remains.
  ///
  /// - Parameters:
  ///   - rows: the design matrix: one row for each value of `y`, all of the same length.
  ///   - y: the measured values.
  /// - Returns: one coefficient for each column and one residual (measured minus fitted) for each
  ///   row; nil if there are fewer rows than columns, if the columns depend on each other, or if a
  ///   number is not finite.
  public static func fit(
    _ rows: [[Double]], _ y: [Double]
  ) -> (coefficients: [Double], residuals: [Double])? {
    precondition(rows.count == y.count, "\(rows.count) rows for \(y.count) values")
    let count = rows.first?.count ?? 0
    precondition(rows.allSatisfy { $0.count == count }, "rows of different lengths")
    guard count > 0, rows.count >= count else { return nil }
    var columns = (0..<count).map { column in rows.map { $0[column] } }
    var right = y
    var diagonal: [Double] = []
    for column in 0..<count {
      let original = norm(rows.map { $0[column] }[...])
      let rest = norm(columns[column][column...])
      // What earlier columns leave of this one is rounding if it depends on them.
      guard rest > 1e-12 * original, rest.isFinite else { return nil }
      // The sign avoids a difference of nearly equal numbers.
      let pivot = columns[column][column] > 0 ? -rest : rest
      diagonal.append(pivot)
      var mirror = Array(columns[column][column...])
      mirror[0] -= pivot
      for other in columns.indices.dropFirst(column + 1) {
        reflect(&columns[other], from: column, by: mirror)
      }
      reflect(&right, from: column, by: mirror)
    }
    var coefficients = Array(right.prefix(count))
    for column in (0..<count).reversed() {
      for later in (column + 1)..<count {
        coefficients[column] -= columns[later][column] * coefficients[later]
      }
      coefficients[column] /= diagonal[column]
    }
    let residuals = zip(rows, y).map { row, value in
      value - zip(row, coefficients).reduce(0) { $0 + $1.0 * $1.1 }
    }
    return residuals.allSatisfy(\.isFinite) ? (coefficients, residuals) : nil
  }

  private static func norm(_ values: ArraySlice<Double>) -> Double {
    values.reduce(0) { $0 + $1 * $1 }.squareRoot()
  }

  /// Reflects the part of `values` from `first` on at the plane that is normal to `mirror`.
  private static func reflect(_ values: inout [Double], from first: Int, by mirror: [Double]) {
    let square = mirror.reduce(0) { $0 + $1 * $1 }
    let product = zip(mirror, values[first...]).reduce(0) { $0 + $1.0 * $1.1 }
    for (index, part) in mirror.enumerated() {
      values[first + index] -= 2 * product / square * part
    }
  }
}
