import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct LocalBatchLossTests {
  private func text(_ local: RunRecord) -> String {
    AspectTable.text(
      single: [makeRecord(), local], multi: makeRecord(ranks: 2, seconds: 6, id: "bb")
    ).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// One rank: 1200 images/s with 64, 1080 with 32; two ranks: 2000.
  private func local(_ change: (inout RunRecord) -> Void = { _ in }) -> RunRecord {
    makeRecord(id: "dd") {
      $0.work.globalBatch = 32
      $0.work.epochs = 1
      $0.workHash = "other"
      $0.config.globalBatch = 32
      $0.result.imagesPerSecond = 1080
      change(&$0)
    }
  }

  @Test func efficiencyIsSplitInTwo() {
    let found = text(local())
    #expect(
      found.contains("parallel efficiency 1.00 0.83 = 0.90 for the smaller products of a local"))
    #expect(found.contains("local batch of 32 x 0.93 for exchange, waiting, update"))
  }

  @Test func anotherWorkOrMachineIsNotTaken() {
    for record in [
      local { $0.work.seed = 7 }, local { $0.machine.cpu = "Another" },
      local { $0.config.globalBatch = 16 }, local { $0.config.threadsPerRank = 2 },
    ] {
      #expect(!text(record).contains("for the smaller products"))
    }
  }
}
