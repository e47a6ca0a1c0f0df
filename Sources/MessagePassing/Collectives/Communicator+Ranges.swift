internal import CMPI

/// Collectives on ranges of one long buffer that all ranks have (MPI 3.1, sections 5.7 and 5.8).
///
/// They are the two halves of an all-reduce, for callers that choose the order of the additions.
/// All ranks call these methods.
extension Communicator {
  /// Sends to each rank its range of `buffer` and receives this rank's range from the senders.
  ///
  /// A rank sends nothing to itself. At most 2^31 - 1 elements are sent and at most as many are
  /// received (precondition).
  /// - Parameters:
  ///   - buffer: the elements to send, of the same count on all senders; nil on other ranks.
  ///   - ranges: the range of each rank.
  ///   - senders: the ranks that send, the same set on all ranks.
  ///   - parts: the received elements: this rank's range from each other sender, in rank order.
  public func exchange<T: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<T>?, ranges: [Range<Int>], senders: Set<Int>,
    into parts: UnsafeMutableBufferPointer<T>
  ) throws {
    precondition(ranges.count == size, "\(ranges.count) ranges for \(size) ranks")
    precondition(
      (buffer != nil) == senders.contains(rank),
      "rank \(rank) must pass a buffer if it is a sender, and only then")
    let (length, own) = (buffer?.count ?? 0, ranges[rank].count)
    precondition(
      length <= countLimit && parts.count <= countLimit,
      "\(length) elements sent and \(parts.count) received at once, \(countLimit) is the limit")
    var counts: (sent: [Int32], received: [Int32]) = ([], [])
    var offsets: (sent: [Int32], received: [Int32]) = ([], [])
    var offset = 0
    for (peer, range) in ranges.enumerated() {
      counts.sent.append(buffer == nil || peer == rank ? 0 : Int32(range.count))
      offsets.sent.append(Int32(range.lowerBound))
      let received = senders.contains(peer) && peer != rank ? own : 0
      counts.received.append(Int32(received))
      offsets.received.append(Int32(offset))
      offset += received
    }
    precondition(offset == parts.count, "\(parts.count) elements for parts of \(offset)")
    let datatype = T.scalarKind.datatype
    try collective(
      MPI_Alltoallv(
        buffer?.baseAddress, counts.sent, offsets.sent, datatype, parts.baseAddress,
        counts.received, offsets.received, datatype, handle),
      "MPI_Alltoallv")
  }

  /// Copies each rank's own range of `buffer` into the buffers of all ranks.
  ///
  /// Afterwards the ranges are the same on all ranks. At most 2^31 - 1 elements (precondition).
  public func allGather<T: MPIScalar>(
    inPlace buffer: UnsafeMutableBufferPointer<T>, ranges: [Range<Int>]
  ) throws {
    precondition(ranges.count == size, "\(ranges.count) ranges for \(size) ranks")
    precondition(
      buffer.count <= countLimit, "\(buffer.count) elements at once, \(countLimit) is the limit")
    let datatype = T.scalarKind.datatype
    try collective(
      MPI_Allgatherv(
        cmpi_in_place(), 0, datatype, buffer.baseAddress, ranges.map { Int32($0.count) },
        ranges.map { Int32($0.lowerBound) }, datatype, handle),
      "MPI_Allgatherv")
  }
}
