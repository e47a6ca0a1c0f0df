import Foundation
import Statistics
import Testing

@Suite struct MedianIntervalTests {
  @Test func mediansOfNumpy() throws {
    for sample in try StatisticsOracle.read().medians {
      let interval = try #require(MedianInterval(sample.values))
      #expect(agree(interval.median, sample.median), "\(sample.values)")
      #expect(interval.count == sample.values.count)
    }
  }

  /// The values 1...n: the ends of the interval are the order statistics' own numbers.
  @Test func orderStatisticsOfScipy() throws {
    let rows = try StatisticsOracle.read().orderStatistics
    #expect(rows.count == 3 * 60)
    for row in rows {
      let values = (1...row.count).map(Double.init).shuffled()
      let interval = try #require(MedianInterval(values, level: row.level))
      let k = max(row.k, 1)
      #expect(interval.low == Double(k), "\(row)")
      #expect(interval.high == Double(row.count + 1 - k), "\(row)")
      #expect((interval.level == nil) == (row.coverage == nil), "\(row)")
      if let level = interval.level, let coverage = row.coverage {
        #expect(agree(level, coverage), "\(row)")
      }
    }
  }

  @Test func binomialOfScipy() throws {
    for row in try StatisticsOracle.read().binomial {
      let value = Binomial.cumulative(row.k, trials: row.trials, probability: row.probability)
      #expect(agree(value, row.value), "\(row): \(value)")
    }
  }

  /// Neither an overflow of the sum nor an underflow of (1/2)^n.
  @Test func manyTrials() {
    let half = Binomial.cumulative(50_000, trials: 100_001, probability: 0.5)
    #expect(agree(half, 0.5))
  }

  @Test func sixValuesAreTheLeastFor95Percent() throws {
    let five = try #require(MedianInterval([5, 1, 4, 2, 3]))
    #expect(five.level == nil && five.low == 1 && five.high == 5)
    #expect(Binomial.coverage(ofOrderStatistic: 1, count: 5) == 0.9375)
    #expect(try #require(MedianInterval([5, 1, 4, 2, 3], level: 0.9)).level == 0.9375)
    let six = try #require(MedianInterval([6, 5, 1, 4, 2, 3]))
    #expect(six.level == 0.96875 && six.low == 1 && six.high == 6 && six.median == 3.5)
  }

  @Test func oneValueAndNone() throws {
    let one = try #require(MedianInterval([7, .nan, .infinity]))
    #expect(one.median == 7 && one.low == 7 && one.high == 7)
    #expect(one.level == nil && one.count == 1)
    #expect(MedianInterval([]) == nil)
    #expect(MedianInterval([.nan, -.infinity]) == nil)
  }

  @Test func relativeWidth() throws {
    #expect(try #require(MedianInterval([3, 4, 6])).relativeWidth == 0.75)
    #expect(try #require(MedianInterval([4])).relativeWidth == 0)
    #expect(try #require(MedianInterval([-1, 0, 1])).relativeWidth == nil)
    #expect(try #require(MedianInterval([-3, -2])).relativeWidth == nil)
  }

  /// A reader of the JSON finds the key `level` also where there is none.
  @Test func aRangeIsWrittenWithLevelNull() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let range = try #require(MedianInterval([1, 2, 4]))
    let text = try encoder.encode(range)
    #expect(
      String(decoding: text, as: UTF8.self)
        == #"{"count":3,"high":4,"level":null,"low":1,"median":2}"#)
    #expect(try JSONDecoder().decode(MedianInterval.self, from: text) == range)
    let six = try #require(MedianInterval([1, 2, 3, 4, 5, 6]))
    #expect(
      try JSONDecoder().decode(MedianInterval.self, from: try encoder.encode(six)) == six)
  }
}
