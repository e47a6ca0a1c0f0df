import RunRecords
import ScalingStudy
import Statistics
import TestSupport
import Testing

/// Laws fitted to the rows of a work.
@Suite struct FitOfRowsTests {
  private func records(
    _ counts: [Int], scaling: Scaling = .strong, sync: String = "node", _ seconds: (Int) -> Double
  ) -> [RunRecord] {
    counts.map { count in
      let times = RankTimes(forward: seconds(count) - 6.3)
      return studyRecord(
        [RankTimes](repeating: times, count: count), Place(sync: sync, scaling: scaling))
    }
  }

  @Test func aPlantedLawIsFound() throws {
    let records = records([1, 2, 4, 8]) { 100 * (0.2 + 0.8 / Double($0)) }
    let fit = try #require(analyse(records).works.first?.fits.first)
    #expect(fit.sync == "node" && fit.ranks == [1, 2, 4, 8] && fit.refusal == nil)
    #expect(abs((fit.amdahl?.serialShare ?? 0) - 0.2) < 1e-9)
    #expect(abs((fit.amdahl?.oneRankSeconds ?? 0) - 100) < 1e-6)
    #expect(fit.usl != nil && fit.logarithmic != nil)
  }

  @Test func underWeakScalingTimesAreForAsManySamples() throws {
    // Each rank count takes as long for p times the samples: the time for one rank's is T/p.
    let records = records([1, 2, 4, 8], scaling: .weak) { _ in 100 }
    let fit = try #require(analyse(records).works.first?.fits.first)
    #expect(zip(fit.seconds, [100, 50, 25, 12.5]).allSatisfy { abs($0 - $1) < 1e-9 })
    #expect(abs(fit.amdahl?.serialShare ?? 1) < 1e-9)
  }

  @Test func threeRankCountsAreRefused() throws {
    let records = records([1, 2, 4]) { 100 / Double($0) }
    let fit = try #require(analyse(records).works.first?.fits.first)
    #expect(
      fit.refusal == "a fit needs at least four rank counts with a speedup, there are 1, 2, 4")
    #expect(fit.amdahl == nil && fit.usl == nil && fit.logarithmic == nil)
  }

  @Test func rowsThatDoNotCountAreNotFitted() throws {
    var records = records([1, 2, 4, 8]) { 100 / Double($0) }
    records[3].ranks[1].cores = [0]
    #expect(try #require(analyse(records).works.first?.fits.first).ranks == [1, 2, 4])
  }

  @Test func everyMethodHasItsOwnFit() {
    let more = records([2, 4, 8], sync: "allreduce") { 200 / Double($0) }
    let fits = analyse(records([1, 2, 4, 8]) { 100 / Double($0) } + more).works.first?.fits
    #expect(fits?.map(\.sync) == ["allreduce", "node"])
    #expect(fits?.map { $0.seconds.count } == [4, 4])
    #expect(analyse([studyRecord([Times.single])]).works.first?.fits.isEmpty == true)
  }
}
