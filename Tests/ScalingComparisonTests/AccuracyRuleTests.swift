import ScalingComparison
import Testing

@Suite struct AccuracyRuleTests {
  @Test func neverStricterThanTwoTenthsOfAPoint() {
    #expect(AccuracyRule.limit(0.99, 0.99, testSamples: 100_000) == 0.002)
    #expect(AccuracyRule.agree(0.992, 0.990, testSamples: 100_000))
    #expect(!AccuracyRule.agree(0.99201, 0.990, testSamples: 100_000))
  }

  @Test func twoStandardErrorsOfTheDifference() {
    // p = 0.5, n = 800: 2 sqrt(2 * 0.25 / 800) = 0.05.
    #expect(abs(AccuracyRule.limit(0.475, 0.525, testSamples: 800) - 0.05) < 1e-12)
    #expect(AccuracyRule.agree(0.475, 0.525, testSamples: 800))
    #expect(AccuracyRule.agree(0.525, 0.475, testSamples: 800))
    #expect(!AccuracyRule.agree(0.47375, 0.52625, testSamples: 800))
  }

  @Test func noSamplesAndCertainty() {
    #expect(AccuracyRule.limit(0.5, 0.5, testSamples: 0) == 0.002)
    #expect(AccuracyRule.limit(1, 1, testSamples: 10) == 0.002)
    #expect(AccuracyRule.agree(0, 0, testSamples: 1))
  }
}
