import Statistics
import Testing

@Suite struct StoppingRuleTests {
  private let rule = StoppingRule(width: 0.02, maxRepeats: 30)
  private let narrow = MedianInterval([0.992, 1, 1, 1, 1, 1.008])
  private let wide = MedianInterval([0.98, 1, 1, 1, 1, 1.01])
  private let range = MedianInterval([1, 1, 1, 1, 1])

  @Test func looksAtNineAndEveryThirdBlock() throws {
    let narrow = try #require(narrow)
    let looks = (0...32).filter { rule.shouldStop(blocks: $0, intervals: [narrow]) }
    #expect(looks == [9, 12, 15, 18, 21, 24, 27, 30, 31, 32])
  }

  @Test func everyIntervalMustBeNarrowAndHaveALevel() throws {
    let (narrow, wide, range) = (try #require(narrow), try #require(wide), try #require(range))
    #expect(rule.shouldStop(blocks: 9, intervals: [narrow, narrow]))
    #expect(!rule.shouldStop(blocks: 9, intervals: [narrow, wide]))
    #expect(!rule.shouldStop(blocks: 9, intervals: [wide, narrow]))
    #expect(!rule.shouldStop(blocks: 9, intervals: [narrow, range]))
    #expect(!rule.shouldStop(blocks: 9, intervals: []))
    #expect(!rule.shouldStop(blocks: 9, intervals: [try #require(MedianInterval([0, 0]))]))
  }

  @Test func aWidthEqualToTheLimitIsNarrow() throws {
    let interval = try #require(MedianInterval([0.875, 1, 1, 1, 1, 1.125]))
    #expect(StoppingRule(width: 0.25, maxRepeats: 30).shouldStop(blocks: 9, intervals: [interval]))
    #expect(!StoppingRule(width: 0.24, maxRepeats: 30).shouldStop(blocks: 9, intervals: [interval]))
  }

  @Test func theLargestNumberOfBlocksEndsAStudy() throws {
    let wide = try #require(wide)
    #expect(!rule.shouldStop(blocks: 27, intervals: [wide]))
    #expect(rule.shouldStop(blocks: 30, intervals: [wide]))
    #expect(StoppingRule(width: 0.02, maxRepeats: 4).shouldStop(blocks: 4, intervals: []))
  }
}
