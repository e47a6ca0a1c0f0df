import ScalingStudy
import Testing

@Suite struct BlockOrderTests {
  private let configurations = (1...8).map { StudyConfiguration(ranks: $0) }

  /// Orders that an independent program computed by the rules of CounterRandom's page.
  @Test(arguments: [
    (1 as UInt64, 1, [7, 2, 0, 3, 6, 1, 5, 4]),
    (1, 2, [5, 6, 1, 4, 0, 7, 3, 2]),
    (2, 1, [6, 5, 1, 0, 4, 7, 2, 3]),
    (.max, 30, [7, 3, 6, 2, 5, 1, 0, 4]),
  ])
  func anOrderIsAFunctionOfSeedAndBlock(seed: UInt64, block: Int, expected: [Int]) {
    let order = StudyPlan(seed: seed).order(ofBlock: block, configurations)
    #expect(order.map(\.ranks) == expected.map { $0 + 1 })
  }

  @Test func aBlockHasEveryConfigurationOnce() throws {
    let plan = StudyPlan(ranks: [1, 2, 3], syncs: ["allreduce", "node"], batches: [64, 256])
    let all = try plan.configurations()
    for block in 1...50 {
      let order = plan.order(ofBlock: block, all)
      #expect(order.count == all.count && Set(order) == Set(all))
    }
  }

  /// All six orders of three configurations, over 6,000 blocks.
  @Test func allOrdersAreEquallyFrequent() {
    let three = Array(configurations.prefix(3))
    let plan = StudyPlan()
    var counts: [[Int]: Int] = [:]
    for block in 1...6000 {
      counts[plan.order(ofBlock: block, three).map(\.ranks), default: 0] += 1
    }
    #expect(counts.count == 6)
    // With five degrees of freedom, chi-squared exceeds 20.5 for one seed in a thousand.
    let chiSquared = counts.values.reduce(0.0) { $0 + Double(($1 - 1000) * ($1 - 1000)) / 1000 }
    #expect(chiSquared < 20.5)
  }

  @Test func smallBlocks() {
    #expect(StudyPlan().order(ofBlock: 1, []) == [])
    #expect(StudyPlan().order(ofBlock: 1, [configurations[0]]) == [configurations[0]])
  }
}
