/// Amdahl's law: a share of the work gains nothing from more ranks.
///
/// T(p) = T1 (s + (1 - s) / p); Amdahl, "Validity of the single processor approach to achieving
/// large scale computing capabilities", 1967.
public struct AmdahlFit: Codable, Equatable, Sendable {
  /// The time of one rank, T1, in seconds.
  public let oneRankSeconds: Double
  /// The serial share of that time, s, from 0 to 1.
  public let serialShare: Double
  /// Measured minus fitted seconds, in the order of the input.
  public let residuals: [Double]

  /// Fits the law by least squares of the seconds.
  ///
  /// Where the best share is outside 0...1, it is the nearest of the two, and T1 is fitted to it.
  /// Nil for fewer than four different rank counts, arrays of different lengths, a rank count below
  /// 1, and a time that is not positive and finite.
  public init?(ranks: [Int], seconds: [Double]) {
    // As a sum, T(p) = a + b / p: a is T1 s and b is T1 (1 - s). Neither is below zero.
    guard let times = RankTimes(ranks: ranks, seconds: seconds),
      let sum = times.fitNonNegative([{ _ in 1 }, { 1 / $0 }])
    else { return nil }
    oneRankSeconds = sum[0] + sum[1]
    serialShare = sum[0] / (sum[0] + sum[1])
    residuals = times.residuals { sum[0] + sum[1] / $0 }
  }

  /// The time that the law gives for a number of ranks.
  public func seconds(ranks: Int) -> Double {
    oneRankSeconds * (serialShare + (1 - serialShare) / Double(ranks))
  }
}
