import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct ReproducibilityCostTests {
  private func fast(
    _ seconds: Double, id: String, ranks: Int = 2, _ change: (inout RunRecord) -> Void = { _ in }
  ) -> RunRecord {
    makeRecord(ranks: ranks, seconds: seconds, id: id, change)
  }

  private func reproducible(_ seconds: Double, id: String, ranks: Int = 2) -> RunRecord {
    makeRecord(ranks: ranks, seconds: seconds, id: id) { $0.config.leaves = 8 }
  }

  @Test func mediansAreDivided() throws {
    let records = [
      fast(9, id: "a1"), fast(10, id: "a2"), fast(14, id: "a3"), reproducible(11.3, id: "b1"),
    ]
    let comparison = Comparison(records: records)
    let line = "Price of --reproducible (8 leaves) on 2 ranks: 1.13 times the fast run's time"
    #expect(comparison.groups.first?.reproducibilityCosts.map(\.ratio) == [11.3 / 10])
    for format in [ComparisonFormat.text, .markdown] {
      #expect(try comparison.render(format).contains("\n\(line)"))
    }
    // The end of a run shows the costs of that run alone.
    #expect(ReproducibilityCost.lines(of: records[3], among: records) == [line])
    let one = reproducible(20, id: "c1", ranks: 1)
    #expect(ReproducibilityCost.lines(of: one, among: records).isEmpty)
    #expect(
      ReproducibilityCost.lines(of: one, among: records + [fast(16, id: "c2", ranks: 1)]) == [
        "Price of --reproducible (8 leaves) on 1 rank: 1.25 times the fast run's time"
      ])
  }

  @Test func threadsAndExchangeAreNamedWhereTheyAreUnusual() {
    var records = [fast(10, id: "a1"), reproducible(12, id: "b1")]
    for index in records.indices {
      records[index].config.threadsPerRank = 2
      records[index].config.sync = "node"
    }
    #expect(
      ReproducibilityCost.lines(of: records[1], among: records) == [
        "Price of --reproducible (8 leaves) on 2 ranks x 2 threads by node: "
          + "1.20 times the fast run's time"
      ])
  }

  @Test func runsThatDifferOtherwiseAreNotDivided() {
    let others = [
      fast(10, id: "a0", ranks: 1), fast(10, id: "a1") { $0.config.threadsPerRank = 2 },
      fast(10, id: "a2") { $0.machine.binding = .none },
      fast(10, id: "a3") { $0.config.sync = "node" },
      fast(10, id: "a4") { $0.machine.cpu = "Other" },
      fast(10, id: "a5") { $0.machine.revision = "9999" },
      fast(10, id: "a6") { $0.result.testAccuracy = 0.5 },
      fast(10, id: "a7") { $0.ranks[1].cores = [0] },
      fast(10, id: "a8") {
        $0.work.seed = 7
        $0.workHash = "other"
      },
    ]
    #expect(
      ReproducibilityCost.lines(of: reproducible(12, id: "b1"), among: others).isEmpty)
  }
}
