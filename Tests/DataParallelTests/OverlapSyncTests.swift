import DataParallel
import Testing

@Suite struct OverlapSyncTests {
  @Test func bucketsGoFromTheEndWithASmallOneFirst() {
    #expect(OverlapSync.buckets(count: 100, bytes: 160) == [90..<100, 50..<90, 10..<50, 0..<10])
    #expect(OverlapSync.buckets(count: 3, bytes: 1 << 20) == [0..<3])
    #expect(OverlapSync.buckets(count: 3, bytes: 4) == [2..<3, 1..<2, 0..<1])
  }
}
