import RunRecords
import ScalingStudy
import Statistics
import TestSupport
import Testing

/// Whether a row may be compared with one rank, and what follows from its interval.
@Suite struct ComparabilityOfRowsTests {
  /// The row of two ranks of six blocks, after a change of each of its runs.
  private func pair(
    _ scaling: Scaling = .strong, factor: Double = 1,
    _ change: (inout RunRecord) -> Void
  ) throws -> StudyRow {
    let records = (1...6).flatMap { block in
      let place = Place(block: block, scaling: scaling)
      return [
        studyRecord([Times.single], place),
        studyRecord(Times.pair.map { $0.scaled(factor) }, place, change),
      ]
    }
    return try row(2, of: analyse(records))
  }

  @Test func runsThatAreNoMeasurementHaveALedgerButNoSpeedup() throws {
    let crowded = try pair { $0.ranks[1].cores = [0] }
    #expect(
      crowded.faults == ["not a measurement: 2 ranks with 2 threads on 1 core of alpha"])
    #expect(crowded.speedup == nil && crowded.efficiency == nil && crowded.ledger != nil)
    let drill = try pair { $0.drill = "slow:rank1:1.5x" }
    #expect(drill.faults == ["not a measurement: a drill: slow:rank1:1.5x"])
    #expect(drill.speedup == nil && drill.ledger != nil)
    let broken = try pair { $0.result.replicasEqual = false }
    #expect(broken.faults == ["replicas differ: not valid"] && broken.speedup == nil)
  }

  @Test func otherConditionsAreNamed() throws {
    let unbound = try pair { $0.machine.binding = .none }
    #expect(
      unbound.faults == [
        "no one-rank run under the same conditions", "binding: none against core",
      ])
    #expect(unbound.speedup == nil && unbound.ledger != nil)
    let threads = try pair { $0.config.threadsPerRank = 2 }
    #expect(threads.faults == ["no one-rank run with as many threads to compare with"])
    #expect(threads.ledger == nil)
  }

  @Test func aBaselineThatIsNoMeasurementIsNamed() throws {
    let base = studyRecord([Times.single]) { $0.drill = "slow:rank0:2x" }
    let row = try row(2, of: analyse([base, studyRecord(Times.pair)]))
    #expect(row.faults == ["the one-rank run: not a measurement: a drill: slow:rank0:2x"])
  }

  @Test func outcomesMustAgree() throws {
    #expect(
      try pair { $0.result.samplesSeen -= 64 }.faults == ["samples seen: 12736 against 12800"])
    let accuracy = try pair { $0.result.testAccuracy = 0.9 }
    #expect(accuracy.faults.first?.hasPrefix("test accuracy: 90.00 % against 98.60 %") == true)
    #expect(try pair { $0.result.testAccuracy = 0.986 }.speedup != nil)
  }

  @Test func certificatesAreComparedBlockByBlock() throws {
    func records(_ orders: [String]) -> [RunRecord] {
      orders.enumerated().flatMap { block, order in
        [[Times.single], Times.pair].map { times in
          studyRecord(times, Place(block: block + 1)) {
            $0.certificate = makeCertificate { $0.epochs[0].orderHash = order }
          }
        }
      }
    }
    // The order is equal within each block, though not between blocks.
    let row2 = try row(2, of: analyse(records(["a", "b"])))
    #expect(row2.speedup != nil)
    #expect(row2.verdict?.text.contains("proved") == true)
    var broken = records(["a", "b"])
    broken[3].certificate?.epochs[0].orderHash = "c"
    let faulty = try row(2, of: analyse(broken))
    #expect(faulty.faults == ["same work: no: the order of samples differs from epoch 1 on"])
  }

  @Test func accuracyOfShortRunsIsNotCompared() throws {
    let short = try pair {
      $0.work.trainingSamples = 60000
      $0.result.testAccuracy = 0.5
    }
    // Another number of training samples is another work: the pair has no baseline.
    #expect(short.faults == ["no one-rank run with as many threads to compare with"])
    let records = [[Times.single], Times.pair].map { times in
      studyRecord(times) {
        $0.work.trainingSamples = 60000
        $0.result.testAccuracy = times.count == 1 ? 0.9 : 0.5
      }
    }
    let compared = try row(2, of: analyse(records))
    #expect(compared.speedup != nil)
    #expect(
      compared.remarks == ["accuracy not compared: the runs are shorter than an epoch"])
    let weak = try pair(.weak) { $0.result.testAccuracy = 0.5 }
    #expect(weak.speedup != nil)
    #expect(
      weak.remarks == ["accuracy not compared: more ranks trained other numbers of samples"])
  }

  @Test func noSignificantDifferenceIsAVerdict() throws {
    func note(_ pairFactors: [Double]) throws -> [String] {
      let records = pairFactors.enumerated().flatMap {
        blockRecords($0.offset + 1, pair: $0.element)
      }
      return try row(2, of: analyse(records)).notes
    }
    let verdict = "no significant difference from one rank"
    #expect(try note([1.4, 1.45, 1.5, 1.55, 1.6, 1.65]).contains(verdict))
    #expect(try note([2, 2, 2, 2, 2, 2]).contains("slower than one rank"))
    #expect(try !note([1, 1, 1, 1, 1, 1]).contains(verdict))
    // A range of five runs allows no verdict.
    #expect(try !note([1.4, 1.45, 1.5, 1.55, 1.6]).contains(verdict))
  }

  @Test func methodsAreComparedWithinBlocks() throws {
    func comparison(_ factors: [Double]) throws -> SyncComparison {
      let records = factors.enumerated().flatMap { index, factor in
        let block = index + 1
        return blockRecords(block, factor: Double(block)) + [
          studyRecord(
            Times.pair.map { $0.scaled(factor * Double(block)) },
            Place(block: block, sync: "node"))
        ]
      }
      let work = try #require(analyse(records).works.first)
      return try #require(work.comparisons.first)
    }
    let faster = try comparison([0.8, 0.81, 0.82, 0.83, 0.84, 0.85])
    #expect(faster.sync == "node" && faster.reference == "allreduce")
    #expect(abs(faster.ratio.median - 0.825) < 1e-9)
    #expect(faster.verdict == .faster)
    #expect(try comparison([1.1, 1.1, 1.2, 1.2, 1.3, 1.3]).verdict == .slower)
    #expect(try comparison([0.9, 1.1, 1, 1, 1, 1]).verdict == .noSignificantDifference)
    #expect(try comparison([0.8, 0.8, 0.9, 0.9, 0.9, 1.1]).verdict == .noSignificantDifference)
    #expect(try comparison([0.9, 1.1, 1.1, 1.1, 1.2, 1.2]).verdict == .noSignificantDifference)
    #expect(try comparison([0.5, 0.5, 0.5]).verdict == .tooFewBlocks)
  }

  @Test func methodsOfRunsThatAreNoMeasurementAreNotCompared() {
    let drill = studyRecord(Times.pair, Place(sync: "node")) { $0.ranks[1].cores = [0] }
    #expect(analyse(blockRecords(1) + [drill]).works.first?.comparisons.isEmpty == true)
  }

  @Test func timeToTheTargetIsCumulative() throws {
    func record(_ accuracies: [Double], block: Int) -> RunRecord {
      studyRecord([Times.single], Place(block: block)) { record in
        record.work.targetAccuracy = 0.97
        record.epochs = accuracies.enumerated().map { index, accuracy in
          EpochRecord(
            epoch: index + 1, steps: 100, seconds: Double(index + 1), trainingLoss: 0.1,
            testLoss: 0.1, testAccuracy: accuracy, replicasEqual: true, parametersHash: "0")
        }
      }
    }
    let records = [
      record([0.9, 0.97, 0.99], block: 1), record([0.98], block: 2), record([0.9, 0.96], block: 3),
    ]
    let row = try row(1, of: analyse(records))
    #expect(row.secondsToTarget?.low == 1 && row.secondsToTarget?.high == 3)
    #expect(row.secondsToTarget?.count == 2)
    #expect(row.notes.contains("1 of 3 runs missed the target"))
  }
}
