import RunRecords
import ScalingStudy
import Statistics
import TestSupport
import Testing

/// Rows, blocks and works of an analysis.
@Suite struct AnalysisTests {
  private func blocks(_ count: Int, pair: (Int) -> Double = { _ in 1 }) -> [RunRecord] {
    (1...count).flatMap { blockRecords($0, factor: Double($0), pair: pair($0)) }
  }

  @Test func speedupsArePairedInBlocks() throws {
    // Times grow from block to block; the ratio within a block is 9.4 / (6.27 f).
    let factors = [0.5, 1.0, 0.8, 0.7, 0.6, 0.9]
    let analysis = analyse(blocks(6) { factors[$0 - 1] })
    let pair = try row(2, of: analysis)
    let speedup = try #require(pair.speedup)
    #expect(abs(speedup.median - (9.4 / 6.27 / 0.7 + 9.4 / 6.27 / 0.8) / 2) < 1e-9)
    #expect(abs(speedup.low - 9.4 / 6.27) < 1e-9)
    #expect(abs(speedup.high - 9.4 / 6.27 / 0.5) < 1e-9)
    #expect(speedup.level == 0.96875)
    let efficiency = try #require(pair.efficiency)
    #expect(efficiency.median == speedup.median / 2)
    #expect(efficiency.count == 6)
    #expect(pair.notes.contains("96.9 % interval of 6 runs"))
    let base = try row(1, of: analysis)
    #expect(base.speedup?.low == 1 && base.speedup?.high == 1 && base.speedup?.count == 6)
    #expect(base.notes.contains("base"))
    #expect(base.trainingSeconds?.median == 3.5 * 9.4)
    #expect(analysis.blocks == 6 && analysis.disturbedBlocks == 0)
  }

  @Test func fewerThanSixRunsHaveARange() throws {
    let five = try row(2, of: analyse(blocks(5)))
    #expect(five.efficiency?.level == nil && five.notes.contains("range of 5 runs"))
    let one = try row(2, of: analyse(blocks(1)))
    #expect(one.notes.last == "1 run: no interval" && one.efficiency?.count == 1)
  }

  @Test func weakScalingMultipliesByTheSamples() throws {
    let place = Place(scaling: .weak)
    let pair = studyRecord(Times.pair, place)
    let base = studyRecord([Times.single], place)
    let speedup = try #require(try row(2, of: analyse([base, pair])).speedup?.median)
    #expect(abs(speedup - 2 * 9.4 / 6.27) < 1e-9)
  }

  @Test func disturbedBlocksDoNotCountButAreShown() throws {
    let analysis = analyse(
      (1...7).flatMap { blockRecords($0, pair: $0 == 3 ? 2 : 1, isDisturbed: $0 == 3) })
    let pair = try row(2, of: analysis)
    #expect(pair.runs == 6 && pair.runIndices.count == 7)
    #expect(pair.speedup.map { $0.high - $0.low < 1e-9 } == true)
    #expect(pair.notes.contains("1 more run does not count"))
    #expect(try row(1, of: analysis).runs == 6)
    #expect(analysis.disturbedBlocks == 1 && analysis.blocks == 7)
    let excluded = analysis.runs.filter { $0.exclusion != nil }
    #expect(excluded.map(\.record.study?.block) == [3, 3])
    #expect(
      excluded.map(\.exclusion) == [
        "its block has a run disturbed by other programs", "disturbed by other programs",
      ])
    #expect(excluded.map(\.validity) == [.measurement, .disturbed])
    #expect(excluded.last?.reasons == ["other programs used 25 % of the cores of alpha"])
  }

  @Test func aDisturbedLocalBatchRunExcludesItsBlock() throws {
    var records = blocks(3)
    disturb(&records[1])
    #expect(try row(2, of: analyse(records)).runs == 2)
  }

  @Test func withoutAnUndisturbedBlockAllCount() throws {
    let all = analyse((1...6).flatMap { blockRecords($0, isDisturbed: true) })
    let pair = try row(2, of: all)
    #expect(pair.runs == 6 && pair.efficiency?.level != nil && pair.remarks.count == 1)
    #expect(all.disturbedBlocks == 6)
    #expect(try row(1, of: all).remarks.isEmpty)
    // A disturbed one-rank run disturbs the ratio too; its block is one, however many runs it has.
    var base = blockRecords(1)
    disturb(&base[0])
    #expect(try row(2, of: analyse(base)).remarks.count == 1)
    disturb(&base[2])
    #expect(analyse(base).disturbedBlocks == 1)
    // An undisturbed block that lacks a row does not replace a disturbed one.
    let incomplete =
      blockRecords(1, isDisturbed: true) + [studyRecord([Times.single], Place(block: 2))]
    #expect(try row(2, of: analyse(incomplete)).runs == 1)
    // Nor does a block of another study.
    var other = blockRecords(1, isDisturbed: true)
    for index in other.indices { other[index].study?.study = "07e4" }
    #expect(try row(2, of: analyse(blockRecords(1) + other)).runs == 2)
  }

  @Test func incompleteBlocksCountForTheirRows() throws {
    let records = blocks(6) + [studyRecord(Times.pair, Place(block: 7))]
    let pair = try row(2, of: analyse(records))
    #expect(pair.runs == 7 && pair.speedup?.count == 6 && pair.ledger?.blocks == 6)
    #expect(pair.notes.contains("speedup from 6 blocks: 1 without a one-rank run"))
  }

  @Test func theLastAttemptCounts() throws {
    let second = studyRecord(Times.pair.map { $0.scaled(2) }, Place(block: 1, attempt: 2))
    for records in [blockRecords(1) + [second], [second] + blockRecords(1)] {
      let analysis = analyse(records)
      #expect(try row(2, of: analysis).trainingSeconds?.median == second.result.trainingSeconds)
      #expect(
        analysis.runs.compactMap(\.exclusion) == ["a later attempt of its block counts"])
    }
    // A repeated run may be disturbed or not: the last attempt decides about the block.
    var repaired = blockRecords(1, isDisturbed: true) + blockRecords(2) + [second]
    #expect(try row(2, of: analyse(repaired)).runs == 2)
    #expect(analyse(repaired).disturbedBlocks == 1)
    disturb(&repaired[6])
    #expect(try row(2, of: analyse(repaired)).runs == 1)
  }

  @Test func runsOutsideStudiesAreComparedByMedians() throws {
    let free = Place(block: nil)
    let records =
      [1, 3, 2].map { studyRecord([Times.single.scaled($0)], free) }
      + [2, 5, 1].map { factor in studyRecord(Times.pair.map { $0.scaled(factor) }, free) }
    let pair = try row(2, of: analyse(records))
    #expect(abs((pair.speedup?.median ?? 0) - 9.4 / 6.27) < 1e-9)
    #expect(pair.speedup?.count == 1 && pair.trainingSeconds?.count == 3)
    #expect(pair.notes.contains("runs outside blocks: speedup from medians, no interval"))
    // Disturbed ones do not count while there are others.
    var disturbed = records
    disturb(&disturbed[4])
    #expect(try row(2, of: analyse(disturbed)).runs == 2)
    // Beside a study they are shown only.
    let mixed = analyse(blocks(6) + records)
    #expect(try row(2, of: mixed).runs == 6)
    #expect(mixed.runs.last?.exclusion == "outside the blocks of a study")
  }

  @Test func theOneRankRunUnderTheSameConditionsIsTheBaseline() throws {
    func single(_ factor: Double, _ binding: BindingClass, drill: String? = nil) -> RunRecord {
      studyRecord([Times.single.scaled(factor)]) {
        $0.machine.binding = binding
        $0.drill = drill
      }
    }
    let base = single(1, .none)
    let others = [single(2, .core), single(3, .none, drill: "slow:rank1:2x")]
    let pair = studyRecord(Times.pair) {
      $0.machine.binding = .none
      $0.drill = "slow:rank1:2x"
    }
    for records in [[base] + others + [pair], others + [pair, base]] {
      let total = try row(2, of: analyse(records)).ledger?.totalSeconds
      #expect(abs((total ?? 0) - 3.14) < 1e-9)
    }
  }

  @Test func aRecordGivenTwiceCountsOnce() throws {
    let records = blockRecords(1)
    let analysis = analyse(records + records)
    #expect(analysis.runs.count == 3)
    #expect(try row(2, of: analysis).runs == 1)
  }

  @Test func recordsAreGroupedByWork() {
    let records = blockRecords(1)
    #expect(analyse(records).works.map(\.batch) == [64])
    for change in [
      { $0.work.seed = 2 }, { $0.work.steps = 100 }, { $0.work.model = "mlp" },
      { $0.workHash = "other" }, { $0.machine.cpu = "Another" }, { $0.machine.revision = "2" },
    ] as [@Sendable (inout RunRecord) -> Void] {
      let other = studyRecord(Times.pair, Place(block: nil), change)
      #expect(analyse(records + [other]).works.count == 2)
    }
    // Rows of one work may differ in the mode.
    let leaves = studyRecord(Times.pair) { $0.config.leaves = 8 }
    #expect(analyse(records + [leaves]).works.map { $0.rows.count } == [3])
    let weak = studyRecord(Times.pair, Place(scaling: .weak))
    #expect(analyse(records + [weak]).works.map(\.scaling) == [.strong, .weak])
    #expect(analyse([]).works.isEmpty)
  }

  @Test func localBatchRunsAreNoRowsOfTheirOwnUnlessTheyAreBaselines() {
    let pair = studyRecord(Times.pair.map { $0.scaled(0.5) }, Place(batch: 32))
    let both = analyse(blockRecords(1) + [pair])
    #expect(both.works.map(\.batch) == [32, 64])
    #expect(both.works.map { $0.rows.map(\.ranks) } == [[1, 2], [1, 2]])
    #expect(both.works[1].localRuns.map(\.runIndices) == [[1]])
    #expect(both.works[1].rows[1].ledger?.entries.first?.part == .localBatch)
    // A one-rank run that no ledger needs is a table of its own.
    #expect(analyse([studyRecord([Times.local], Place(batch: 16))]).works.map(\.batch) == [16])
  }
}
