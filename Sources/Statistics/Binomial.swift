import Foundation

/// Probabilities of the binomial distribution, from which intervals for medians follow.
public enum Binomial {
  /// The probability of at most `k` successes in `n` trials.
  ///
  /// For a probability of 1/2 and `n` up to 50 the result has no rounding.
  public static func cumulative(_ k: Int, trials n: Int, probability: Double) -> Double {
    precondition(
      n >= 0 && (0...1).contains(probability), "\(n) trials of probability \(probability)")
    if k < 0 { return 0 }
    if k >= n || probability == 0 { return 1 }
    if probability == 1 { return 0 }
    let failure = 1 - probability
    // The terms divided by failure^n. Factors of failure^n are applied whenever the sum is large,
    // so that neither the sum overflows nor the power underflows.
    var (term, sum, factors) = (1.0, 1.0, n)
    if k > 0 {
      for successes in 1...k {
        term = term * Double(n - successes + 1) / Double(successes) * (probability / failure)
        sum += term
        while sum > 1e100, factors > 0 {
          term *= failure
          sum *= failure
          factors -= 1
        }
      }
    }
    return min(1, sum * pow(failure, Double(factors)))
  }

  /// The probability that the median is between the k-th smallest and the k-th largest of `n` values.
  ///
  /// The values are independent and have a continuous distribution, whatever its shape. The number
  /// of values below the median is then X ~ Bin(n, 1/2), and the result 1 - 2 P(X <= k - 1).
  public static func coverage(ofOrderStatistic k: Int, count n: Int) -> Double {
    precondition(k >= 1 && 2 * k <= n + 1, "order statistic \(k) of \(n) values")
    return 1 - 2 * cumulative(k - 1, trials: n, probability: 0.5)
  }
}
