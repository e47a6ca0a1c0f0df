/// Times measured on several rank counts, to which the laws of this module are fitted.
struct RankTimes {
  let ranks: [Double]
  let seconds: [Double]

  /// Takes the measured times.
  ///
  /// Nil for fewer than four different rank counts, arrays of different lengths, a rank count below
  /// 1, and a time that is not positive and finite.
  init?(ranks: [Int], seconds: [Double]) {
    guard ranks.count == seconds.count, Set(ranks).count >= 4, ranks.allSatisfy({ $0 >= 1 }),
      seconds.allSatisfy({ $0 > 0 && $0.isFinite })
    else { return nil }
    self.ranks = ranks.map(Double.init)
    self.seconds = seconds
  }

  /// The coefficients of the seconds on functions of the rank count, by least squares.
  func fit(_ terms: [(Double) -> Double]) -> [Double]? {
    LeastSquares.fit(design(terms), seconds)?.coefficients
  }

  /// The same with no coefficient below zero.
  ///
  /// Compares the fits of all subsets of the terms that have no negative coefficient. A term that
  /// lowers the sum of squares by no more than rounding has the coefficient zero.
  func fitNonNegative(_ terms: [(Double) -> Double]) -> [Double]? {
    let rounding = 1e-24 * squares(seconds)
    var best: (coefficients: [Double], squares: Double)?
    let subsets = (1..<(1 << terms.count)).sorted { $0.nonzeroBitCount < $1.nonzeroBitCount }
    for subset in subsets {
      let chosen = terms.indices.filter { subset >> $0 & 1 == 1 }
      guard let fit = LeastSquares.fit(design(chosen.map { terms[$0] }), seconds),
        fit.coefficients.allSatisfy({ $0 >= 0 })
      else { continue }
      let sum = squares(fit.residuals)
      if let best, sum + rounding >= best.squares { continue }
      var all = [Double](repeating: 0, count: terms.count)
      for (term, coefficient) in zip(chosen, fit.coefficients) { all[term] = coefficient }
      best = (all, sum)
    }
    return best?.coefficients
  }

  /// The measured minus the fitted seconds, in the order of the measured ones.
  func residuals(of law: (Double) -> Double) -> [Double] {
    zip(ranks, seconds).map { $1 - law($0) }
  }

  private func design(_ terms: [(Double) -> Double]) -> [[Double]] {
    ranks.map { count in terms.map { $0(count) } }
  }

  private func squares(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } }
}
