internal import CMPI

/// Gathers from all ranks to one or to all ranks (MPI 3.1, sections 5.5 and 5.7).
///
/// All ranks call these methods.
extension Communicator {
  /// Returns the arrays of all ranks, in rank order, on `root`, and nil on other ranks.
  ///
  /// The arrays may have different lengths and may be empty.
  public func gather<T: MPIScalar>(_ array: [T], root: Int = 0) throws -> [[T]]? {
    let plan = RoundPlan(counts: try allGather(array.count), limit: countLimit)
    let whole = try gather(array, plan, to: root)
    return rank == root ? Self.parts(of: whole, plan) : nil
  }

  /// Returns the arrays of all ranks, in rank order, on all ranks.
  ///
  /// The arrays may have different lengths and may be empty.
  public func allGather<T: MPIScalar>(_ array: [T]) throws -> [[T]] {
    let plan = RoundPlan(counts: try allGather(array.count), limit: countLimit)
    return Self.parts(of: try gather(array, plan, to: nil), plan)
  }

  /// Returns the texts of all ranks, in rank order, on all ranks.
  public func allGather(_ text: String) throws -> [String] {
    try allGather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Returns the values of all ranks, in rank order, on all ranks.
  public func allGather<T: MPIScalar>(_ value: T) throws -> [T] {
    var value = value
    let datatype = T.scalarKind.datatype
    return try [T](unsafeUninitializedCapacity: size) { buffer, initialized in
      try collective(
        MPI_Allgather(&value, 1, datatype, buffer.baseAddress, 1, datatype, handle),
        "MPI_Allgather")
      initialized = size
    }
  }

  /// Returns the elements of all ranks, concatenated in rank order, on the receiving ranks.
  ///
  /// Only `root` receives; all ranks do if `root` is nil. Other ranks return an empty array.
  private func gather<T: MPIScalar>(_ array: [T], _ plan: RoundPlan, to root: Int?) throws -> [T] {
    let receives = root == nil || rank == root
    let total = receives ? plan.total : 0
    return try array.withUnsafeBufferPointer { own in
      try [T](unsafeUninitializedCapacity: total) { buffer, initialized in
        let whole = MessageBuffer(UnsafeMutableBufferPointer(rebasing: buffer[..<total]))
        try gather(MessageBuffer(reading: own), plan, into: receives ? whole : nil, root: root)
        initialized = total
      }
    }
  }

  private func gather(
    _ own: MessageBuffer, _ plan: RoundPlan, into whole: MessageBuffer?, root: Int?
  ) throws {
    try plan.withStaging(of: whole) { staging in
      for round in 0..<plan.rounds {
        let range = plan.range(rank: rank, round: round)
        try gatherOnce(
          own.slice(range.lowerBound, range.count), plan.layout(round: round), into: staging,
          root: root)
        if let whole, let staging, plan.rounds > 1 {
          plan.forEachPiece(round: round) { range, staged in
            whole.copy(staging.slice(staged, range.count), at: range.lowerBound)
          }
        }
      }
    }
  }

  private func gatherOnce(
    _ own: MessageBuffer, _ layout: (counts: [Int32], displacements: [Int32]),
    into packed: MessageBuffer?, root: Int?
  ) throws {
    let datatype = own.kind.datatype
    if let root {
      try collective(
        MPI_Gatherv(
          own.base, own.count32, datatype, packed?.base, layout.counts, layout.displacements,
          datatype, Int32(clamping: root), handle),
        "MPI_Gatherv")
    } else {
      try collective(
        MPI_Allgatherv(
          own.base, own.count32, datatype, packed?.base, layout.counts, layout.displacements,
          datatype, handle),
        "MPI_Allgatherv")
    }
  }

  private static func parts<T>(of whole: [T], _ plan: RoundPlan) -> [[T]] {
    zip(plan.offsets, plan.counts).map { Array(whole[$0..<$0 + $1]) }
  }
}
