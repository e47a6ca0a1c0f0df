internal import CMPI

/// Ranges of one long buffer that all ranks have (MPI 3.1, sections 5.7 and 5.8): the two halves of an
/// all-reduce for callers that add in an order of their own. Called by all ranks.
extension Communicator {
  /// Sends to each rank its range of `buffer` and receives this rank's range from the others.
  ///
  /// Nothing is sent to oneself. At most 2^31 - 1 elements are sent and received (precondition).
  /// - Parameters:
  ///   - buffer: as long as those of the others; nil on a rank that sends nothing.
  ///   - ranges: for each rank its range.
  ///   - senders: the ranks that send, the same on all ranks.
  ///   - parts: what arrives: this rank's range from each sender but itself, in rank order.
  public func exchange<T: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<T>?, ranges: [Range<Int>], senders: Set<Int>,
    into parts: UnsafeMutableBufferPointer<T>
  ) throws {
    precondition(ranges.count == size, "\(ranges.count) ranges for \(size) ranks")
    precondition((buffer != nil) == senders.contains(rank), "rank \(rank) sends without saying so")
    let (length, own) = (buffer?.count ?? 0, ranges[rank].count)
    precondition(
      length <= countLimit && parts.count <= countLimit,
      "\(length) elements sent and \(parts.count) received at once, \(countLimit) is the limit")
    var counts: (sent: [Int32], received: [Int32]) = ([], [])
    var offsets: (sent: [Int32], received: [Int32]) = ([], [])
    var place = 0
    for (peer, range) in ranges.enumerated() {
      counts.sent.append(buffer == nil || peer == rank ? 0 : Int32(range.count))
      offsets.sent.append(Int32(range.lowerBound))
      let received = senders.contains(peer) && peer != rank ? own : 0
      counts.received.append(Int32(received))
      offsets.received.append(Int32(place))
      place += received
    }
    precondition(place == parts.count, "\(parts.count) elements for parts of \(place)")
    let datatype = T.scalarKind.datatype
    try collective(
      MPI_Alltoallv(
        buffer?.baseAddress, counts.sent, offsets.sent, datatype, parts.baseAddress,
        counts.received, offsets.received, datatype, handle),
      "MPI_Alltoallv")
  }

  /// Completes `buffer` on all ranks: each has its own range of it ready.
  ///
  /// At most 2^31 - 1 elements (precondition).
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
