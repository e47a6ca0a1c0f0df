import Measurement
import Testing

/// Every rule about what may be compared, broken once.
@Suite struct ComparisonRulesTests {
  let one = makeRecord()

  func two(_ change: (inout RunRecord) -> Void = { _ in }) -> RunRecord {
    makeRecord(ranks: 2, seconds: 6.25, id: "b2", change)
  }

  @Test func equalRunsGiveSpeedupWithoutNotes() throws {
    let row = try row(2, of: [one, two()])
    #expect(row.speedup == 1.6)
    #expect(row.efficiency == 0.8)
    #expect(row.accuracyAgrees == true)
    #expect(row.baseRuns == 1)
    #expect(row.baseTrainingSeconds == 10)
    #expect(row.notes.isEmpty)
  }

  @Test func oneRankIsItsOwnBase() throws {
    let row = try row(1, of: [one, two()])
    #expect(row.speedup == 1)
    #expect(row.efficiency == 1)
    #expect(row.notes == ["base"])
  }

  @Test func sharesAreOfAllRanksTrainingTime() throws {
    let row = try row(2, of: [one, two()])
    #expect(abs((row.waitShare ?? 0) - 0.05) < 1e-12)
    #expect(abs((row.transferShare ?? 0) - 0.04) < 1e-12)
    #expect(abs((row.communicationShare ?? 0) - 0.09) < 1e-12)
  }

  @Test func otherWorkGivesNoSpeedupAndNamesTheField() throws {
    let other = two {
      $0.work.optimizer.learningRate = 0.01
      $0.workHash = "other"
    }
    let row = try row(2, of: [one, other])
    #expect(row.speedup == nil)
    #expect(row.efficiency == nil)
    #expect(
      row.notes == [
        "no one-rank run of the same work", "optimizer.learningRate: 0.01 against 0.001",
      ])
  }

  @Test func aFieldOnlyANewerProgramKnowsStillCounts() throws {
    let row = try row(2, of: [one, two { $0.workHash = "other" }])
    #expect(row.speedup == nil)
    #expect(row.notes.last == "workHash: other against abcdef0123456789")
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
        "no one-rank run of the same work", "seed: 3 against 1",
      ])
  }

  @Test(arguments: [
    ("machine.cpu: Other against Example CPU", 0), ("machine.cores: 8 against 4", 1),
    ("device: cuda against cpu", 2), ("revision: 9999 against 1234abc", 3),
  ])
  func otherMachineOrProgramGivesNoSpeedup(note: String, field: Int) throws {
    let other = two {
      switch field {
      case 0: $0.machine.cpu = "Other"
      case 1: $0.machine.cores = 8
      case 2: $0.config.device = "cuda"
      default: $0.machine.revision = "9999"
      }
    }
    let row = try row(2, of: [one, other])
    #expect(row.speedup == nil)
    #expect(row.baseRuns == 0)
    #expect(row.notes == ["no one-rank run of the same machine or program", note])
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
    // A known revision settles it, whatever the bytes of the executable.
    #expect(try row(2, of: [one, two { $0.machine.executableSHA256 = "beef" }]).speedup == 1.6)
  }

  @Test(arguments: [
    ("threads per rank: 2 against 1", 0), ("binding: none against core", 1),
    ("BLAS kernel: Zen against Haswell", 2), ("samples seen: 6000 against 12000", 3),
    ("test accuracy: 97.00 % against 98.60 % (differs by 1.60 points, 0.41 would agree)", 4),
    ("MPI: MPICH against Open MPI 4.1.4", 5), ("BLAS: other against OpenBLAS 0.3.21", 6),
  ])
  func aDifferenceMarksTheSpeedup(note: String, field: Int) throws {
    let other = two {
      switch field {
      case 0: $0.config.threadsPerRank = 2
      case 1: $0.machine.binding = .none
      case 2: $0.machine.blasKernel = "Zen"
      case 3: $0.result.samplesSeen = 6000
      case 4: $0.result.testAccuracy = 0.97
      case 5: $0.machine.mpi = "MPICH"
      default: $0.machine.blas = "other"
      }
    }
    let comparison = Comparison(records: [one, other])
    let row = try row(2, of: [one, other])
    #expect(row.speedup == 1.6)
    #expect(row.differences == [note])
    #expect(row.notes == [note])
    #expect(row.accuracyAgrees == (field != 4))
    #expect(try comparison.render(.text).contains(" 1.60*      0.80* "))
  }

  @Test func differingReplicasAreNotValid() throws {
    let row = try row(2, of: [one, two { $0.result.replicasEqual = false }])
    #expect(row.speedup == nil)
    #expect(row.notes == ["replicas differ: not valid"])
    let bad = makeRecord { $0.result.replicasEqual = false }
    #expect(Comparison.baselines(for: two(), among: [bad]).isEmpty)
  }

  @Test func efficiencyAboveOneIsFlagged() throws {
    let row = try row(2, of: [one, makeRecord(ranks: 2, seconds: 4, id: "b2")])
    #expect(row.efficiency == 1.25)
    #expect(row.notes == ["efficiency above 1: cache effect or another base"])
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
