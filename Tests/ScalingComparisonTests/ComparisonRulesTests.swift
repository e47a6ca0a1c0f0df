import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// The figures of a row and its baseline; ComparabilityTests breaks each rule.
@Suite struct ComparisonRulesTests {
  let one = makeRecord()

  func two(_ change: (inout RunRecord) -> Void = { _ in }) -> RunRecord {
    makeRecord(ranks: 2, seconds: 6.25, id: "b2", change)
  }

  @Test func equalRunsGiveSpeedup() throws {
    let row = try row(2, of: [one, two()])
    #expect(row.speedup == 1.6)
    #expect(row.efficiency == 0.8)
    #expect(row.accuracyAgrees == true)
    #expect(row.baseRuns == 1)
    #expect(row.baseTrainingSeconds == 10)
    #expect(row.differences.isEmpty)
    #expect(row.verdict == .notCertified)
  }

  @Test func oneRankIsItsOwnBase() throws {
    let row = try row(1, of: [one, two()])
    #expect(row.speedup == 1)
    #expect(row.efficiency == 1)
    #expect(row.notes == ["base", singleRun])
  }

  @Test func sharesAreOfAllRanksTrainingTime() throws {
    let row = try row(2, of: [one, two()])
    #expect(abs((row.waitShare ?? 0) - 0.05) < 1e-12)
    #expect(abs((row.transferShare ?? 0) - 0.04) < 1e-12)
    #expect(abs((row.communicationShare ?? 0) - 0.09) < 1e-12)
  }

  @Test func theNearestWorkIsNamed() throws {
    let far = makeRecord(id: "c3") {
      $0.work.seed = 2
      $0.work.epochs = 9
      $0.workHash = "far"
    }
    let other = two {
      $0.work.seed = 3
      $0.workHash = "other"
    }
    #expect(
      try row(2, of: [far, one, other]).notes == [
        "no one-rank run of the same work", "seed: 3 against 1", singleRun,
      ])
  }

  @Test func withoutRevisionTheExecutableCounts() throws {
    let plain = makeRecord { $0.machine.revision = "" }
    let same = two { $0.machine.revision = "" }
    #expect(try row(2, of: [plain, same]).speedup == 1.6)
    let other = two {
      $0.machine.revision = ""
      $0.machine.executableSHA256 = "beef"
    }
    #expect(try row(2, of: [plain, other]).speedup == nil)
    // A known revision identifies the program; the hash of the executable is then ignored.
    #expect(try row(2, of: [one, two { $0.machine.executableSHA256 = "beef" }]).speedup == 1.6)
  }

  @Test func aSoftDifferenceMarksTheSpeedup() throws {
    let records = [one, two { $0.result.samplesSeen = 6000 }].map { record in
      var record = record
      record.work.targetAccuracy = 0.98
      return record
    }
    let row = try row(2, of: records)
    #expect(row.speedup == 1.6)
    #expect(row.differences == ["samples seen: 6000 against 12000, until the target accuracy"])
    #expect(row.notes == row.differences + [uncertified, singleRun])
    let text = try Comparison(records: records).render(.text)
    #expect(text.contains(" 1.60*      0.80* "))
    #expect(text.contains("\n* counts, but see the notes"))
  }

  @Test func theSpreadIsNamedWhereNoCacheExplainsTheEfficiency() throws {
    let records = [10.0, 11, 4].enumerated().map { index, seconds in
      makeRecord(ranks: index == 2 ? 2 : 1, seconds: seconds, id: "a\(index)") {
        $0.machine.l2CacheBytes = 1_000_000
        $0.machine.l3CacheBytes = 32_000_000
        $0.ranks[0].workingSetBytes = 500_000
      }
    }
    #expect(
      try row(2, of: records).notes.dropLast().last
        == "efficiency above 1: no cache explains it (a rank works on 0.5 MB, one rank alone on "
        + "0.5 MB; L2 1.0 MB, L3 32.0 MB): likely noise, the spread of the runs is 9.5 %")
  }

  @Test func nothingIsDividedByZero() throws {
    let records = [1, 2].map { ranks in
      makeRecord(ranks: ranks, seconds: 0, id: "z\(ranks)") {
        $0.result.imagesPerSecond = nil
        $0.result.samplesSeen = 0
        $0.work.testSamples = 0
        for rank in $0.ranks.indices { $0.ranks[rank].imagesPerSecond = 0 }
      }
    }
    let row = try row(2, of: records)
    #expect(row.speedup == nil)
    #expect(row.communicationShare == nil)
    for format in ComparisonFormat.allCases {
      let text = try Comparison(records: records).render(format)
      #expect(!text.contains("nan") && !text.contains("inf"))
    }
    let aspects = AspectTable.text(single: [records[0]], multi: records[1])
    #expect(!aspects.contains("nan") && !aspects.contains("inf"))
  }
}
