internal import CMPI

/// Scatters from one rank to all ranks (MPI 3.1, section 5.6); called by all ranks.
extension Communicator {
  /// Sends each rank its part of `root`'s source; the parts are contiguous and in rank order.
  ///
  /// All ranks pass the same `counts`, the number of elements for each rank; `buffer` has this
  /// rank's count. `source` holds all parts on `root` and is ignored on other ranks. When `source`
  /// exceeds MPI's 32-bit counts, it is sent in rounds through a staging buffer on `root`.
  public func scatter<T: MPIScalar>(
    _ source: UnsafeBufferPointer<T>?, counts: [Int], into buffer: UnsafeMutableBufferPointer<T>,
    root: Int = 0
  ) throws {
    precondition(counts.count == size, "\(counts.count) counts for \(size) ranks")
    precondition(
      buffer.count == counts[rank],
      "a buffer of \(buffer.count) elements, but rank \(rank) receives \(counts[rank])")
    let plan = RoundPlan(counts: counts, limit: countLimit)
    var whole: MessageBuffer?
    if rank == root {
      let count = source?.count ?? 0
      precondition(
        count == plan.total,
        "\(count) elements to scatter, but the sum of the counts is \(plan.total)")
      whole = source.map { MessageBuffer(reading: $0) }
    }

    let own = MessageBuffer(buffer)
    try plan.withStaging(of: whole) { staging in
      for round in 0..<plan.rounds {
        if let whole, let staging, plan.rounds > 1 {
          plan.forEachPiece(round: round) { range, staged in
            staging.copy(whole.slice(range.lowerBound, range.count), at: staged)
          }
        }
        let range = plan.range(rank: rank, round: round)
        try scatterOnce(
          staging, plan.layout(round: round), into: own.slice(range.lowerBound, range.count),
          root: root)
      }
    }
  }

  private func scatterOnce(
    _ packed: MessageBuffer?, _ layout: (counts: [Int32], displacements: [Int32]),
    into own: MessageBuffer, root: Int
  ) throws {
    let datatype = own.kind.datatype
    try collective(
      MPI_Scatterv(
        packed?.base, layout.counts, layout.displacements, datatype, own.base, own.count32,
        datatype, Int32(clamping: root), handle),
      "MPI_Scatterv")
  }
}
