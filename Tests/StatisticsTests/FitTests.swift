import Foundation
import Statistics
import Testing

@Suite struct FitTests {
  private let ranks = [1, 2, 3, 4, 6, 8]

  /// Whether two numbers of a planted law agree; a planted zero is found as zero or as rounding.
  private func same(_ one: Double, _ planted: Double) -> Bool { abs(one - planted) < 1e-12 }

  /// The fit to times of Gunther's law without noise.
  private func usl(_ contention: Double, _ coherency: Double) -> USLFit? {
    let seconds = ranks.map { rank in
      let p = Double(rank)
      return 8 * (1 + contention * (p - 1) + coherency * p * (p - 1)) / p
    }
    return USLFit(ranks: ranks, seconds: seconds)
  }

  @Test func leastSquaresOfNumpy() throws {
    for (number, sample) in try StatisticsOracle.read().leastSquares.enumerated() {
      let fit = try #require(LeastSquares.fit(sample.rows, sample.y))
      #expect(fit.coefficients.count == sample.coefficients.count)
      for (one, other) in zip(fit.coefficients, sample.coefficients) {
        #expect(agree(one, other), "problem \(number): \(one), \(other)")
      }
      let size = sample.y.map(abs).max() ?? 0
      for (one, other) in zip(fit.residuals, sample.residuals) {
        #expect(abs(one - other) <= 1e-9 * size, "problem \(number): \(one), \(other)")
      }
    }
  }

  @Test func leastSquaresRefusals() {
    #expect(LeastSquares.fit([[1, 2]], [3]) == nil)
    #expect(LeastSquares.fit([[1, 2], [2, 4], [3, 6]], [1, 2, 3]) == nil)
    #expect(LeastSquares.fit([[0.1, 0.3], [0.7, 2.1], [0.9, 2.7]], [1, 2, 3]) == nil)
    #expect(LeastSquares.fit([[0], [0]], [1, 2]) == nil)
    #expect(LeastSquares.fit([], []) == nil)
    #expect(LeastSquares.fit([[1], [.nan]], [1, 2]) == nil)
    #expect(LeastSquares.fit([[1], [2]], [1, .infinity]) == nil)
  }

  @Test func fitsOfScipy() throws {
    for sample in try StatisticsOracle.read().fits {
      let amdahl = try #require(AmdahlFit(ranks: sample.ranks, seconds: sample.seconds))
      #expect(agree(amdahl.oneRankSeconds, sample.amdahl.oneRankSeconds), "\(sample.name)")
      #expect(agree(amdahl.serialShare, sample.amdahl.serialShare), "\(sample.name)")
      let usl = try #require(USLFit(ranks: sample.ranks, seconds: sample.seconds))
      #expect(agree(usl.oneRankSeconds, sample.usl.oneRankSeconds), "\(sample.name)")
      #expect(agree(usl.contention, sample.usl.contention), "\(sample.name)")
      #expect(agree(usl.coherency, sample.usl.coherency), "\(sample.name)")
      let tree = try #require(LogarithmicFit(ranks: sample.ranks, seconds: sample.seconds))
      #expect(agree(tree.constant, sample.logarithmic.constant), "\(sample.name)")
      #expect(agree(tree.parallel, sample.logarithmic.parallel), "\(sample.name)")
      #expect(agree(tree.logarithmic, sample.logarithmic.logarithmic), "\(sample.name)")
      let laws = [
        (amdahl.residuals, amdahl.seconds), (usl.residuals, usl.seconds),
        (tree.residuals, tree.seconds),
      ]
      for (residuals, seconds) in laws {
        #expect(residuals.count == sample.seconds.count)
        for ((rank, measured), residual) in zip(zip(sample.ranks, sample.seconds), residuals) {
          #expect(abs(measured - seconds(rank) - residual) < 1e-12 * measured, "\(sample.name)")
        }
      }
    }
  }

  @Test(arguments: [0, 0.0625, 0.3, 1]) func plantedAmdahl(share: Double) throws {
    let fit = try #require(
      AmdahlFit(ranks: ranks, seconds: ranks.map { 8 * (share + (1 - share) / Double($0)) }))
    #expect(same(fit.oneRankSeconds, 8) && same(fit.serialShare, share))
    #expect(fit.residuals.allSatisfy { abs($0) < 1e-12 })
  }

  @Test(arguments: [0, 0.05, 0.9], [0, 0.001, 0.02])
  func plantedUSL(contention: Double, coherency: Double) throws {
    let fit = try #require(usl(contention, coherency))
    #expect(same(fit.oneRankSeconds, 8))
    #expect(same(fit.contention, contention) && same(fit.coherency, coherency))
    #expect(fit.residuals.allSatisfy { abs($0) < 1e-12 })
  }

  /// Rounding does not become a coefficient, of which a peak at millions of ranks would follow.
  @Test func aPlantedZeroIsZero() throws {
    for hundredths in 0..<100 {
      let fit = try #require(usl(Double(hundredths) / 100, 0))
      #expect(fit.coherency == 0 && fit.peakRanks == nil, "\(fit)")
    }
  }

  @Test func plantedTree() throws {
    let seconds = ranks.map { 0.5 + 8 / Double($0) + 0.25 * log2(Double($0)) }
    let fit = try #require(LogarithmicFit(ranks: ranks, seconds: seconds))
    #expect(same(fit.constant, 0.5) && same(fit.parallel, 8) && same(fit.logarithmic, 0.25))
  }

  /// One rank more or less than the peak is slower, by the laws themselves.
  @Test func moreRanksStopPaying() throws {
    let usl = try #require(
      USLFit(ranks: ranks, seconds: ranks.map { 12 / Double($0) + 0.03 * Double($0 - 1) }))
    #expect(same(try #require(usl.peakRanks), 20))
    #expect(usl.seconds(ranks: 20) < usl.seconds(ranks: 19))
    #expect(usl.seconds(ranks: 20) < usl.seconds(ranks: 21))
    let tree = try #require(
      LogarithmicFit(ranks: ranks, seconds: ranks.map { 12 / Double($0) + log2(Double($0)) }))
    #expect(abs(try #require(tree.cheapestRanks) - 12 * log(2)) < 1e-10)
    #expect(tree.seconds(ranks: 8) < tree.seconds(ranks: 7))
    #expect(tree.seconds(ranks: 8) < tree.seconds(ranks: 9))
  }

  @Test(arguments: [
    (0.36, 0.0016, 20), (0.99, 0.01, 1), (0.5, 0.6, 1), (1.2, 0.1, 1), (1.2, 0, 1),
  ])
  func peakOfUSL(contention: Double, coherency: Double, ranks: Double) throws {
    let peak = try #require(usl(contention, coherency)?.peakRanks)
    #expect(abs(peak - ranks) < 1e-9)
  }

  @Test func oneRankIsBestWhereMoreAreSlower() throws {
    let seconds = ranks.map { 2 + 0.5 * log2(Double($0)) }
    #expect(try #require(USLFit(ranks: ranks, seconds: seconds)).peakRanks == 1)
    #expect(try #require(LogarithmicFit(ranks: ranks, seconds: seconds)).cheapestRanks == 1)
  }

  @Test func moreRanksAlwaysPay() throws {
    let seconds = ranks.map { 2 + 3 / Double($0) - 0.1 * log2(Double($0)) }
    #expect(try #require(LogarithmicFit(ranks: ranks, seconds: seconds)).cheapestRanks == nil)
  }

  @Test func fewerThanFourRankCountsAndBadTimes() {
    let refused: [(ranks: [Int], seconds: [Double])] = [
      ([], []), ([1, 2, 4], [4, 2, 1]), ([1, 2, 4, 4, 2, 1], [4, 2, 1, 1, 2, 4]),
      ([1, 2, 4, 8], [4, 2, 1]), ([0, 1, 2, 4], [8, 4, 2, 1]), ([1, 2, 4, 8], [4, 2, 0, 1]),
      ([1, 2, 4, 8], [4, 2, -1, 1]), ([1, 2, 4, 8], [4, .nan, 2, 1]),
      ([1, 2, 4, 8], [.infinity, 2, 1, 1]),
    ]
    for (ranks, seconds) in refused {
      #expect(AmdahlFit(ranks: ranks, seconds: seconds) == nil, "\(ranks) \(seconds)")
      #expect(USLFit(ranks: ranks, seconds: seconds) == nil, "\(ranks) \(seconds)")
      #expect(LogarithmicFit(ranks: ranks, seconds: seconds) == nil, "\(ranks) \(seconds)")
    }
  }

  /// The best fit to these times has T1 = 0, to which no coefficient can be relative.
  @Test func noLawWithoutTimeOnOneRank() {
    #expect(USLFit(ranks: [1, 2, 4, 8], seconds: [0.001, 0.5, 3, 9]) == nil)
  }
}
