internal import CMPI

/// From one rank a different part to each (MPI 3.1, section 5.6). Called by all ranks.
extension Communicator {
  /// Copies the parts of `root`'s source, which lie one after the other in rank order, to the
  /// ranks.
  ///
  /// All ranks pass the same `counts`, one for each rank; `buffer` holds this rank's. `source` is
  /// the whole on `root` and ignored elsewhere. When the whole exceeds MPI's 32-bit counts, it goes
  /// out in rounds through a staging buffer on `root`.
  public func scatter<T: MPIScalar>(
    _ source: UnsafeBufferPointer<T>?, counts: [Int], into buffer: UnsafeMutableBufferPointer<T>,
    root: Int = 0
  ) throws {
    precondition(counts.count == size, "\(counts.count) counts for \(size) ranks")
    precondition(
      buffer.count == counts[rank],
      "room for \(buffer.count) elements, rank \(rank) gets \(counts[rank])")
    let plan = RoundPlan(counts: counts, limit: countLimit)
    var whole: MessageBuffer?
    if rank == root {
      let count = source?.count ?? 0
      precondition(
        count == plan.total, "\(count) elements to scatter, the counts say \(plan.total)")
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
