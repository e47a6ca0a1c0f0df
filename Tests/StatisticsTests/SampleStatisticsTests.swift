import RunRecords
import ScalingComparison
import Statistics
import SystemSupport
import Testing

@Test func medianAndQuantiles() {
  #expect(SampleStatistics.median([3, 1, 2]) == 2)
  #expect(SampleStatistics.median([4, 1, 2, 3]) == 2.5)
  #expect(SampleStatistics.quantile(0.1, of: [0, 10, 20, 30, 40]) == 4)
  #expect(SampleStatistics.quantile(0.9, of: [40, 30, 20, 10, 0]) == 36)
  #expect(SampleStatistics.quantile(0, of: [2, 1]) == 1)
  #expect(SampleStatistics.quantile(1, of: [2, 1]) == 2)
  #expect(SampleStatistics.quantile(7, of: [2, 1]) == 2)
  #expect(SampleStatistics.quantile(0.3, of: [5]) == 5)
}

@Test func minimumMeanMaximumSpread() {
  let values = [2.0, 4, 9]
  #expect(SampleStatistics.minimum(values) == 2)
  #expect(SampleStatistics.mean(values) == 5)
  #expect(SampleStatistics.maximum(values) == 9)
  #expect(SampleStatistics.spread(values) == 1.75)
}

@Test func noFiniteValueGivesNil() {
  #expect(SampleStatistics.median([]) == nil)
  #expect(SampleStatistics.mean([.nan]) == nil)
  #expect(SampleStatistics.spread([0, 0]) == nil)
  #expect(SampleStatistics.median([.infinity, 1, 3]) == 2)
  #expect(SampleStatistics.ratio(1, 0) == nil)
  #expect(SampleStatistics.ratio(1, -1) == nil)
  #expect(SampleStatistics.ratio(.nan, 1) == nil)
  #expect(SampleStatistics.ratio(1, 4) == 0.25)
}

@Test func distributionOfNoDurations() {
  #expect(Distribution([]) == Distribution(median: nil, p10: nil, p90: nil, count: 0))
  #expect(Distribution([1, 2, 3]) == Distribution(median: 2, p10: 1.2, p90: 2.8, count: 3))
}

@Test func clockNeverGoesBack() {
  let times = (0..<100).map { _ in MonotonicClock.seconds() }
  #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
}

@Test func phasesBySubscript() {
  var seconds = PhaseSeconds()
  for (index, phase) in Phase.allCases.enumerated() {
    seconds[phase] = Double(1 << index)
  }
  #expect(Phase.allCases.map { seconds[$0] } == [1, 2, 4, 8, 16, 32, 64])
  #expect([seconds.load, seconds.allReduceWait, seconds.evaluate] == [1, 8, 64])
  #expect(seconds.compute == 1 + 2 + 4 + 32)
  #expect(seconds.communication == 24)
  #expect(seconds.training == 63)
}

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
