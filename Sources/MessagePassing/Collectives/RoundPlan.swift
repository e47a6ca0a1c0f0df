/// How a scatter or gather of unequal parts is cut into rounds whose counts and displacements fit
/// MPI's 32-bit integers.
///
/// All ranks compute the same plan from the same counts. In each round the parts of the ranks lie
/// packed, one after the other in rank order. With one round that is the layout of the whole, so no
/// staging buffer is needed.
struct RoundPlan {
  /// Elements of each rank's part.
  let counts: [Int]

  /// Where each rank's part begins in the whole.
  let offsets: [Int]

  /// Elements of all parts.
  let total: Int

  /// At most this many elements of each part take part in one round.
  let span: Int

  /// The number of collective calls.
  let rounds: Int

  /// A staging buffer larger than this many elements would gain nothing.
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

  /// The range of `rank`'s own part that travels in `round`.
  func range(rank: Int, round: Int) -> Range<Int> {
    let start = min(round * span, counts[rank])
    return start..<min(start + span, counts[rank])
  }

  /// Counts and displacements of all ranks within the packed elements of `round`.
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

  /// Calls `body` with memory for the packed elements of a round, or with `whole` itself when there
  /// is only one; with nil on a rank that needs neither.
  func withStaging(of whole: MessageBuffer?, _ body: (MessageBuffer?) throws -> Void) throws {
    guard let whole, rounds > 1 else { return try body(whole) }
    let capacity = span * counts.count
    let memory = UnsafeMutableRawPointer.allocate(
      byteCount: capacity * whole.kind.stride, alignment: 64)
    defer { memory.deallocate() }
    try body(MessageBuffer(base: memory, count: capacity, kind: whole.kind))
  }

  /// Visits each rank's piece of `round`: where it lies in the whole and where in the staging
  /// buffer.
  func forEachPiece(round: Int, _ body: (_ whole: Range<Int>, _ staged: Int) -> Void) {
    var staged = 0
    for rank in counts.indices {
      let range = range(rank: rank, round: round)
      body(offsets[rank] + range.lowerBound..<offsets[rank] + range.upperBound, staged)
      staged += range.count
    }
  }
}
