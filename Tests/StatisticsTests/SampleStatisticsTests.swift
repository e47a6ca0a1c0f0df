import Statistics
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
