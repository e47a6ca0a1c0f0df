/// The rule by which two test accuracies agree.
public enum AccuracyRule {
  /// The largest difference that agrees: `max(0.002, 2 sqrt(2 p (1 - p) / n))`.
  ///
  /// p is the mean of the two accuracies and n the number of test samples. The limit is two
  /// standard errors of the difference of two proportions, and at least 0.2 percentage points.
  public static func limit(_ one: Double, _ other: Double, testSamples: Int) -> Double {
    let p = (one + other) / 2
    guard testSamples > 0, p > 0, p < 1 else { return 0.002 }
    return max(0.002, 2 * (2 * p * (1 - p) / Double(testSamples)).squareRoot())
  }

  /// Whether two accuracies agree; a difference equal to the limit agrees.
  public static func agree(_ one: Double, _ other: Double, testSamples: Int) -> Bool {
    // Accuracies are counts over n: 1e-9 is far below one sample, far above rounding.
    abs(one - other) <= limit(one, other, testSamples: testSamples) + 1e-9
  }
}
