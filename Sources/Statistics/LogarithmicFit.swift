import Foundation

/// A constant time, a time divided by the ranks, and a time that grows as a tree of ranks does.
///
/// T(p) = a + b / p + c log2 p: the last term is that of an exchange in log2 p steps.
public struct LogarithmicFit: Codable, Equatable, Sendable {
  /// The seconds that do not depend on the number of ranks, a.
  public let constant: Double
  /// The seconds that the ranks divide among themselves, b.
  public let parallel: Double
  /// The seconds that each doubling of the number of ranks adds, c.
  public let logarithmic: Double
  /// Measured minus fitted seconds, in the order of the input.
  public let residuals: [Double]

  /// Fits the three terms by least squares of the seconds; any of them may be negative.
  ///
  /// Nil for fewer than four different rank counts, arrays of different lengths, a rank count below
  /// 1, and a time that is not positive and finite.
  public init?(ranks: [Int], seconds: [Double]) {
    guard let times = RankTimes(ranks: ranks, seconds: seconds),
      let sum = times.fit([{ _ in 1 }, { 1 / $0 }, { log2($0) }])
    else { return nil }
    constant = sum[0]
    parallel = sum[1]
    logarithmic = sum[2]
    residuals = times.residuals { sum[0] + sum[1] / $0 + sum[2] * log2($0) }
  }

  /// The time that the terms give for a number of ranks.
  public func seconds(ranks: Int) -> Double {
    constant + parallel / Double(ranks) + logarithmic * log2(Double(ranks))
  }

  /// The number of ranks from which more ranks are slower: b ln 2 / c, at least 1.
  ///
  /// Nil if c is zero or less, as more ranks are then faster in the end. It can be very large.
  public var cheapestRanks: Double? {
    SampleStatistics.ratio(parallel * log(2), logarithmic).map { max(1, $0) }
  }
}
