/// Gunther's universal scalability law: contention, and coherency that grows with pairs of ranks.
///
/// With the throughput X = 1 / T: X(p) = X1 p / (1 + sigma (p - 1) + kappa p (p - 1)). Gunther,
/// "Guerrilla capacity planning", 2007. Amdahl's law is its case kappa = 0.
public struct USLFit: Codable, Equatable, Sendable {
  /// The time of one rank, 1 / X1, in seconds.
  public let oneRankSeconds: Double
  /// The coefficient of contention, sigma, not below zero.
  public let contention: Double
  /// The coefficient of coherency, kappa, not below zero.
  public let coherency: Double
  /// Measured minus fitted seconds, in the order of the input.
  public let residuals: [Double]

  /// Fits the law by least squares of the seconds.
  ///
  /// A coefficient that would be negative is zero, and the others are fitted to that. Nil for fewer
  /// than four different rank counts, arrays of different lengths, a rank count below 1, a time
  /// that is not positive and finite, and times of which the best fit leaves one rank no time.
  public init?(ranks: [Int], seconds: [Double]) {
    // As a sum, T(p) = T1 / p + T1 sigma (p - 1) / p + T1 kappa (p - 1).
    guard let times = RankTimes(ranks: ranks, seconds: seconds),
      let sum = times.fitNonNegative([{ 1 / $0 }, { ($0 - 1) / $0 }, { $0 - 1 }]), sum[0] > 0
    else { return nil }
    oneRankSeconds = sum[0]
    contention = sum[1] / sum[0]
    coherency = sum[2] / sum[0]
    residuals = times.residuals { sum[0] / $0 + sum[1] * ($0 - 1) / $0 + sum[2] * ($0 - 1) }
  }

  /// The time that the law gives for a number of ranks.
  public func seconds(ranks: Int) -> Double {
    let p = Double(ranks)
    return oneRankSeconds * (1 + contention * (p - 1) + coherency * p * (p - 1)) / p
  }

  /// The number of ranks from which more ranks are slower: sqrt((1 - sigma) / kappa), at least 1.
  ///
  /// 1 if sigma is 1 or more; nil if kappa is 0, as more ranks are then never slower. It can be
  /// very large.
  public var peakRanks: Double? {
    if contention >= 1 { return 1 }
    return SampleStatistics.ratio(1 - contention, coherency).map { max(1, $0.squareRoot()) }
  }
}
