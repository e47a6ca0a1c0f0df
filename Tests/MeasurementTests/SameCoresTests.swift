import Measurement
import Testing

@Suite struct SameCoresTests {
  private static func record(ranks: Int, threads: Int, seconds: Double) -> RunRecord {
    makeRecord(ranks: ranks, seconds: seconds, id: "\(ranks)-\(threads)-\(seconds)") {
      $0.config.threadsPerRank = threads
    }
  }

  @Test func twoThreadsStandBesideTwoRanks() throws {
    let comparison = Comparison(records: [
      Self.record(ranks: 1, threads: 1, seconds: 10),
      Self.record(ranks: 1, threads: 2, seconds: 5.5),
      Self.record(ranks: 1, threads: 2, seconds: 6.5),
      Self.record(ranks: 2, threads: 1, seconds: 5),
    ])
    let same = try #require(comparison.groups.first?.sameCores)
    #expect(same.count == 1)
    #expect(same[0].cores == 2)
    #expect(same[0].ways.map(\.ranks) == [1, 2])
    #expect(same[0].ways.map(\.trainingSeconds) == [6, 5])
    #expect(same[0].ways.map(\.speedupOverOneCore) == [10.0 / 6, 2])
    let text = try comparison.render(.text)
    #expect(
      text.contains(
        "Same cores in total (2): 1 rank x 2 threads 6.00 s, 1.67 of one core; "
          + "2 ranks x 1 thread 5.00 s, 2.00 of one core"))
    #expect(try comparison.render(.markdown).contains("Same cores in total (2)"))
  }

  @Test func oneWayAloneIsNoComparison() {
    let comparison = Comparison(records: [
      Self.record(ranks: 1, threads: 1, seconds: 10), Self.record(ranks: 2, threads: 1, seconds: 5),
      Self.record(ranks: 4, threads: 1, seconds: 3),
    ])
    #expect(comparison.groups.allSatisfy { $0.sameCores.isEmpty })
  }

  @Test func anotherMachineIsNotTheSame() {
    var other = Self.record(ranks: 2, threads: 1, seconds: 5)
    other.machine.cpu = "Other CPU"
    let comparison = Comparison(records: [Self.record(ranks: 1, threads: 2, seconds: 6), other])
    #expect(comparison.groups.allSatisfy { $0.sameCores.isEmpty })
  }
}
