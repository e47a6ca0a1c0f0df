import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct RankTableTests {
  @Test func oneRowPerRankThenSummaries() {
    let text = RankTable.text(makeRecord(ranks: 2, seconds: 5.5))
    #expect(
      text == """
        rank host  device cores threads samples load forward backward wait transfer update evaluate other images/s
                                                   s       s        s    s        s      s        s     s
        ---- ----- ------ ----- ------- ------- ---- ------- -------- ---- -------- ------ -------- ----- --------
        0    alpha cpu    0           1    3000 0.11    1.65     2.20 0.55     0.22   0.55     0.75  0.22     1091
        1    alpha cpu    1           1    3000 0.11    1.65     2.75 0.00     0.22   0.55     0.75  0.22     1091
        min                                3000 0.11    1.65     2.20 0.00     0.22   0.55     0.75  0.22     1091
        mean                               3000 0.11    1.65     2.48 0.28     0.22   0.55     0.75  0.22     1091
        max                                3000 0.11    1.65     2.75 0.55     0.22   0.55     0.75  0.22     1091
        Imbalance: 1.057 (max/mean of compute time = load + forward + backward + update)
        wait, transfer: the two parts of the all-reduce, before and after the last rank's arrival.
        """)
  }

  @Test func fitsATerminalOf120Columns() {
    let record = makeRecord(ranks: 2, seconds: 4321) { $0.ranks[1].cores = [0, 1, 2, 3, 8] }
    let lines = RankTable.text(record).split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 120 })
    #expect(lines[4].contains(" 0-3,8 "))
  }

  @Test func syntheticDataIsNamed() {
    let text = RankTable.text(makeRecord { $0.config.syntheticData = true })
    #expect(
      text.hasSuffix("Synthetic data: loss and accuracy say nothing about real images."))
  }

  @Test func emptyAndUntimedRunsHaveNoImbalance() {
    #expect(RankTable.text(makeRecord { $0.ranks = [] }).contains("Imbalance: - ("))
    #expect(
      RankTable.text(makeRecord { $0.ranks[0].phases = PhaseSeconds() })
        .contains("Imbalance: - ("))
  }
}
