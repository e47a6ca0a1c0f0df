import RunRecords
import ScalingComparison
import ScalingStudy
import Statistics
import TestSupport
import Testing

/// The loss ledger, against parts computed by hand.
@Suite struct LedgerTests {
  /// The parts of `Times.pair` against `Times.single` and `Times.local`.
  static let expected: [LossPart: Double] = [
    .localBatch: 0.6, .slowerComputation: 1.0, .imbalance: 0.37, .skew: 0.02, .transfer: 0.3,
    .update: 0.8, .load: 0.06, .rest: -0.01,
  ]

  private func ledger(_ records: [RunRecord]) throws -> LossLedger {
    try #require(row(2, of: analyse(records)).ledger)
  }

  private func check(
    _ ledger: LossLedger, _ expected: [LossPart: Double], total: Double,
    _ location: SourceLocation = #_sourceLocation
  ) {
    #expect(Set(ledger.entries.map(\.part)) == Set(expected.keys), sourceLocation: location)
    for entry in ledger.entries {
      #expect(
        abs(entry.seconds - (expected[entry.part] ?? .nan)) < 1e-9,
        "\(entry.part): \(entry.seconds)", sourceLocation: location)
    }
    #expect(abs(ledger.totalSeconds - total) < 1e-9, sourceLocation: location)
    let sum = ledger.entries.map(\.seconds).reduce(0, +)
    #expect(abs(ledger.totalSeconds - sum) < 1e-9, sourceLocation: location)
  }

  @Test func everyPartHasItsFormula() throws {
    let ledger = try ledger(blockRecords(1))
    check(ledger, Self.expected, total: 3.14)
    #expect(abs(ledger.rankSeconds - 12.54) < 1e-9)
    #expect(ledger.blocks == 1)
    #expect(ledger.entries.map(\.part) == LossPart.allCases.filter { $0 != .computation })
    #expect(ledger.largest?.part == .slowerComputation)
  }

  @Test func partsAreMeansOverBlocksWithTheirRange() throws {
    let ledger = try ledger(blockRecords(1) + blockRecords(2, factor: 2))
    check(ledger, Self.expected.mapValues { 1.5 * $0 }, total: 1.5 * 3.14)
    #expect(ledger.blocks == 2)
    for entry in ledger.entries {
      let value = Self.expected[entry.part] ?? .nan
      #expect(abs(entry.low - min(value, 2 * value)) < 1e-9)
      #expect(abs(entry.high - max(value, 2 * value)) < 1e-9)
    }
  }

  @Test func eachBlockIsComparedWithItsOwnOneRankRun() throws {
    // Only the runs of block 2 are slower: with the baseline of block 1 the total would be larger.
    let ledger = try ledger(blockRecords(1) + blockRecords(2, factor: 3))
    #expect(abs(ledger.totalSeconds - 2 * 3.14) < 1e-9)
  }

  @Test func aLocalBatchRunOfOtherStepsIsScaledBySamples() throws {
    var records = blockRecords(1)
    records[1] = studyRecord([Times.local.scaled(2)], Place(batch: 32)) {
      $0.work.steps = 400
      $0.result.steps = 400
      $0.result.samplesSeen *= 2
    }
    check(try ledger(records), Self.expected, total: 3.14)
  }

  @Test func withoutALocalBatchRunTwoPartsAreOne() throws {
    var records = blockRecords(1)
    records.remove(at: 1)
    var expected = Self.expected
    expected[.localBatch] = nil
    expected[.slowerComputation] = nil
    expected[.computation] = 1.6
    check(try ledger(records), expected, total: 3.14)
  }

  @Test func aLocalBatchRunOfAnotherKindIsNotTaken() throws {
    for change in [
      { $0.work.seed = 7 }, { $0.machine.cpu = "Another" }, { $0.config.threadsPerRank = 2 },
      { $0.config.leaves = 8 }, { $0.study?.block = 2 }, { $0.study = nil },
    ] as [@Sendable (inout RunRecord) -> Void] {
      var records = blockRecords(1)
      change(&records[1])
      #expect(try ledger(records).entries.contains { $0.part == .computation })
    }
  }

  @Test func blocksWithALocalBatchRunArePreferred() throws {
    var records = blockRecords(1) + blockRecords(2, factor: 2)
    records.remove(at: 1)
    let ledger = try ledger(records)
    check(ledger, Self.expected.mapValues { 2 * $0 }, total: 2 * 3.14)
    #expect(ledger.blocks == 1)
  }

  @Test func underWeakScalingTheBaselineIsScaledBySamples() throws {
    let place = Place(scaling: .weak)
    let records = [studyRecord([Times.single], place), studyRecord(Times.pair, place)]
    let expected: [LossPart: Double] = [
      .slowerComputation: -6.4, .imbalance: 0.34, .skew: 0.02, .transfer: 0.2, .update: -0.2,
      .load: -0.13, .rest: -0.09,
    ]
    check(try ledger(records), expected, total: -6.26)
  }

  @Test func underWeakScalingWithEpochsTheSamplesAreEqual() throws {
    let place = Place(scaling: .weak)
    let records = [
      studyRecord([Times.single], place),
      studyRecord(Times.pair, place) { $0.result.samplesSeen /= 2 },
    ]
    #expect(abs(try ledger(records).totalSeconds - 3.14) < 1e-9)
  }

  @Test func phasesThatADeviceFusesCountAsComputation() throws {
    // On one rank the device has everything in `update`; with two ranks load is in `forward`.
    func fuse(_ record: inout RunRecord, _ phases: [Phase]) {
      for rank in record.ranks.indices {
        let sum = phases.map { record.ranks[rank].phases[$0] }.reduce(0, +)
        for phase in phases { record.ranks[rank].phases[phase] = 0 }
        if let last = phases.last { record.ranks[rank].phases[last] = sum }
        record.ranks[rank].fusedPhases = phases
      }
    }
    var records = blockRecords(1)
    fuse(&records[0], [.load, .forward, .backward, .update])
    fuse(&records[1], [.load, .forward, .backward, .update])
    fuse(&records[2], [.load, .forward])
    // localBatch: 2 * 5.5 - 9.19; slowerComputation: 11.65 - 11.
    let expected: [LossPart: Double] = [
      .localBatch: 1.81, .slowerComputation: 0.65, .imbalance: 0.37, .skew: 0.02, .transfer: 0.3,
      .rest: -0.01,
    ]
    let ledger = try ledger(records)
    check(ledger, expected, total: 3.14)
    #expect(ledger.fusedPhases == [.load, .forward, .backward, .update])
  }

  @Test func factorsOfPOPMultiply() throws {
    let factors = try #require(ledger(blockRecords(1)).factors)
    #expect(abs(factors.loadBalance - 5.825 / 6.03) < 1e-12)
    #expect(abs(factors.communicationEfficiency - 6.03 / 6.27) < 1e-12)
    #expect(abs(factors.parallelEfficiency - 5.825 / 6.27) < 1e-12)
    #expect(abs(factors.computationScalability - 9.19 / 11.65) < 1e-12)
    // Over blocks they are quotients of means.
    let two = try #require(
      ledger(blockRecords(1) + blockRecords(2, factor: 3)).factors)
    #expect(abs(two.parallelEfficiency - factors.parallelEfficiency) < 1e-12)
    let weak = [
      studyRecord([Times.single], Place(scaling: .weak)),
      studyRecord(Times.pair, Place(scaling: .weak)),
    ]
    let scaled = try #require(ledger(weak).factors)
    #expect(abs(scaled.computationScalability - 2 * 9.19 / 11.65) < 1e-12)
  }

  @Test func theSlowestRankHasTheMostCompute() throws {
    let slowest = try #require(
      ledger(blockRecords(1) + blockRecords(2, factor: 3)).slowestRank)
    #expect(slowest.rank == 1)
    #expect(slowest.host == "alpha.example.org")
    #expect(abs(slowest.computeSeconds - 2 * 6.03) < 1e-9)
    #expect(abs(slowest.meanSeconds - 2 * 5.825) < 1e-9)
  }

  @Test func aDrillShowsInTwoPartsAndNamesTheRank() throws {
    var records = blockRecords(1)
    var pair = Times.pair
    pair[0].wait += 1.5
    pair[1].backward += 1.5
    records[2] = studyRecord(pair) {
      $0.drill = "slow:rank1:1.5x"
      $0.ranks[1].injectedSeconds = 1.5
    }
    var expected = Self.expected
    expected[.slowerComputation] = 2.5
    expected[.imbalance] = 1.87
    let analysis = analyse(records)
    check(try #require(row(2, of: analysis).ledger), expected, total: 6.14)
    let text = StudyReport(analysis).text()
    #expect(
      text.contains("Loss ledger of 2 ranks, allreduce, 1 thread each, drill slow:rank1:1.5x"))
    #expect(text.contains("A drill: a fault was injected; these are no measurements."))
    #expect(text.split(whereSeparator: \.isWhitespace).joined(separator: " ").contains("is rank 1"))
  }

  @Test func runsOutsideStudiesUseTheMedianOneRankRun() throws {
    let free = Place(block: nil)
    var records: [RunRecord] = []
    for factor in [3.0, 1, 2] { records.append(studyRecord([Times.single.scaled(factor)], free)) }
    for factor in [1.0, 5, 2, 3] {
      records.append(
        studyRecord([Times.local.scaled(factor)], Place(block: nil, batch: 32)))
    }
    for factor in [2.0, 4] {
      records.append(studyRecord(Times.pair.map { $0.scaled(factor) }, free))
    }
    let ledger = try ledger(records)
    // Baseline and local batch both of factor 2, the runs of two ranks of 2 and 4.
    #expect(ledger.blocks == 2)
    let slower = try #require(ledger.entries.first { $0.part == .slowerComputation })
    #expect(abs(slower.low - (2 * 9.6 - 2 * 8.6)) < 1e-9)
    #expect(abs(slower.high - (4 * 9.6 - 2 * 8.6)) < 1e-9)
    #expect(abs(ledger.totalSeconds - (3 * 12.54 - 2 * 9.4)) < 1e-9)
  }

  @Test func aRunWithoutRanksOrBaselineHasNoLedger() throws {
    let pair = studyRecord(Times.pair)
    #expect(try row(2, of: analyse([pair])).ledger == nil)
    let bare = studyRecord(Times.pair) { $0.ranks = [] }
    #expect(try row(2, of: analyse([studyRecord([Times.single]), bare])).ledger == nil)
    #expect(try row(1, of: analyse(blockRecords(1))).ledger == nil)
  }
}
