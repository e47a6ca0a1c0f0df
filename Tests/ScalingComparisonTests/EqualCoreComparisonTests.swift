import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct EqualCoreComparisonTests {
  private static func record(ranks: Int, threads: Int, seconds: Double) -> RunRecord {
    makeRecord(ranks: ranks, seconds: seconds, id: "\(ranks)-\(threads)-\(seconds)") {
      $0.config.threadsPerRank = threads
    }
  }

  @Test func twoThreadsAreComparedWithTwoRanks() throws {
    let comparison = Comparison(records: [
      Self.record(ranks: 1, threads: 1, seconds: 10),
      Self.record(ranks: 1, threads: 2, seconds: 5.5),
      Self.record(ranks: 1, threads: 2, seconds: 6.5),
      Self.record(ranks: 2, threads: 1, seconds: 5),
    ])
    let same = try #require(comparison.groups.first?.sameCores)
    #expect(same.count == 1)
    #expect(same[0].cores == 2)
    #expect(same[0].alternatives.map(\.ranks) == [1, 2])
    #expect(same[0].alternatives.map(\.trainingSeconds) == [6, 5])
    #expect(same[0].alternatives.map(\.speedupOverOneCore) == [10.0 / 6, 2])
    let text = try comparison.render(.text)
    #expect(
      text.contains(
        "Same cores in total (2): 1 rank x 2 threads 6.00 s, 1.67 of one core; "
          + "2 ranks x 1 thread 5.00 s, 2.00 of one core"))
    #expect(try comparison.render(.markdown).contains("Same cores in total (2)"))
  }

  @Test func oneRankCountAloneIsNoComparison() {
    let comparison = Comparison(records: [
      Self.record(ranks: 1, threads: 1, seconds: 10), Self.record(ranks: 2, threads: 1, seconds: 5),
      Self.record(ranks: 4, threads: 1, seconds: 3),
    ])
    #expect(comparison.groups.allSatisfy { $0.sameCores.isEmpty })
  }

  @Test(arguments: 0..<7)
  func whatDiffersInMoreThanThreadsIsNotShown(field: Int) {
    var other = Self.record(ranks: 2, threads: 1, seconds: 5)
    switch field {
    case 0: other.machine.cpu = "Other CPU"
    case 1: other.machine.revision = "9999"
    case 2: other.machine.mpi = "MPICH"
    case 3: other.config.leaves = 8
    case 4: other.result.testAccuracy = 0.9
    case 5: other.result.replicasEqual = false
    default: other.loads = [NodeLoad(node: 0, host: "alpha", othersShare: 0.5)]
    }
    let comparison = Comparison(records: [Self.record(ranks: 1, threads: 2, seconds: 6), other])
    #expect(comparison.groups.allSatisfy { $0.sameCores.isEmpty })
  }

  @Test func everyModeHasItsOwnLine() throws {
    let fast = [
      Self.record(ranks: 1, threads: 2, seconds: 6), Self.record(ranks: 2, threads: 1, seconds: 5),
    ]
    let slow = fast.map { record in
      var record = record
      record.run.id += "r"
      record.config.leaves = 8
      record.result.trainingSeconds *= 2
      return record
    }
    let text = try Comparison(records: fast + slow).render(.text)
    #expect(
      text.contains(
        "\nSame cores in total (2): 1 rank x 2 threads 6.00 s; 2 ranks x 1 thread 5.00 s\n"
          + "Same cores in total (2), 8 leaves: 1 rank x 2 threads 12.00 s; "
          + "2 ranks x 1 thread 10.00 s\n"))
  }

  /// A row without a baseline has a note that it is compared by total cores.
  @Test func aNoteNamesTheComparison() throws {
    let records = [
      Self.record(ranks: 1, threads: 2, seconds: 6), Self.record(ranks: 2, threads: 1, seconds: 5),
    ]
    let two = try row(2, of: records)
    #expect(two.speedup == nil)
    #expect(two.notes.suffix(2) == ["compared under same cores in total (2)", singleRun])
  }
}
