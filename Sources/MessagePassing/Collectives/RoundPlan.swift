/// A division of a scatter or gather into rounds with counts and displacements that fit 32 bits.
///
/// All ranks compute the same plan from the same counts. In each round the pieces of the ranks are
/// packed contiguously in rank order. With one round that is the layout of the whole buffer, so no
/// staging buffer is needed.
struct RoundPlan {
  /// Number of elements of each rank's part.
  let counts: [Int]

  /// The offset of each rank's part in the whole buffer.
  let offsets: [Int]

  /// Number of elements of all parts together.
  let total: Int

  /// The largest number of elements of one part in one round.
  let span: Int

  /// The number of collective calls.
  let rounds: Int

  /// The largest staging buffer, in elements; a larger one would bring no gain.
  private static let stagingLimit = 1 << 24

  init(counts: [Int], limit: Int) {
    self.counts = counts
    var offsets: [Int] = []
    var total = 0
    for count in counts {
      precondition(count >= 0, "a count of \(count) elements")
      offsets.append(total)
      total += count
    }
    self.offsets = offsets
    self.total = total
    if total <= limit {
      span = max(1, total)
      rounds = 1
    } else {
      span = max(1, min(limit, Self.stagingLimit) / counts.count)
      rounds = ((counts.max() ?? 0) + span - 1) / span
    }
  }

  /// Returns the range within `rank`'s part that is transferred in `round`.
  func range(rank: Int, round: Int) -> Range<Int> {
    let start = min(round * span, counts[rank])
    return start..<min(start + span, counts[rank])
  }

  /// Returns the counts and displacements of all ranks within the packed elements of `round`.
  func layout(round: Int) -> (counts: [Int32], displacements: [Int32]) {
    var displacement: Int32 = 0
    var result: (counts: [Int32], displacements: [Int32]) = ([], [])
    for rank in counts.indices {
      let count = Int32(range(rank: rank, round: round).count)
      result.counts.append(count)
      result.displacements.append(displacement)
      displacement += count
    }
    return result
  }

  /// Calls `body` with the buffer that holds the packed elements of a round.
  ///
  /// That is a staging buffer, or `whole` itself when there is only one round, or nil where `whole`
  /// is nil.
  func withStaging(of whole: MessageBuffer?, _ body: (MessageBuffer?) throws -> Void) throws {
    guard let whole, rounds > 1 else { return try body(whole) }
    let capacity = span * counts.count
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * whole.kind.stride, alignment: 64)
    defer { memory.deallocate() }
    try body(MessageBuffer(base: memory, count: capacity, kind: whole.kind))
  }

  /// Calls `body` for each rank's piece of `round`, in rank order.
  ///
  /// `whole` is the piece's range in the whole buffer, `staged` its offset in the staging buffer.
  func forEachPiece(round: Int, _ body: (_ whole: Range<Int>, _ staged: Int) -> Void) {
    var staged = 0
    for rank in counts.indices {
      let range = range(rank: rank, round: round)
      body(offsets[rank] + range.lowerBound..<offsets[rank] + range.upperBound, staged)
      staged += range.count
    }
  }
}
