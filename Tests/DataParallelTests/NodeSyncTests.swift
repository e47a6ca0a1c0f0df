import DataParallel
import Testing

@Suite struct NodeSyncTests {
  /// The ranges of all ranks cover every parameter once and are divided at cache lines.
  ///
  /// Only the first begins at 0, because the totals of the step are packed with that range.
  @Test(arguments: [1, 5, 15, 16, 17, 48, 1000, 669_706], [1, 2, 3, 4, 7, 64])
  func rangesCoverAllOnce(count: Int, ranks: Int) {
    let ranges = (0..<ranks).map { NodeSync.range($0, of: ranks, count: count) }
    #expect(ranges.first?.lowerBound == 0 && ranges.last?.upperBound == count)
    for (one, next) in zip(ranges, ranges.dropFirst()) {
      #expect(one.upperBound == next.lowerBound)
      #expect(next.lowerBound > 0)
      #expect(next.lowerBound % 16 == 0 || next.isEmpty)
    }
    let sizes = ranges.map(\.count)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 32)
  }
}
