internal import CMPI

/// Messages from one rank to another (MPI 3.1, sections 3.2.1 and 3.2.4).
extension Communicator {
  /// Sends the elements of `buffer` to the rank `destination`, which receives the same count.
  ///
  /// Returns when `buffer` may be changed again. That may be only after the other rank has begun to
  /// receive.
  public func send<T: MPIScalar>(
    _ buffer: UnsafeBufferPointer<T>, to destination: Int, tag: Int = 0
  ) throws {
    // MPI does not let messages overtake each other, so the pieces arrive in the order of sending.
    try MessageBuffer(reading: buffer).forEachPiece(limit: countLimit) { piece in
      try check(
        MPI_Send(
          piece.base, piece.count32, piece.kind.datatype, Int32(clamping: destination),
          Int32(clamping: tag), handle),
        "MPI_Send")
    }
  }

  /// Receives a message of exactly `buffer.count` elements from the rank `source`.
  ///
  /// Throws an ``MPIError`` when the message is longer or shorter than `buffer`.
  public func receive<T: MPIScalar>(
    into buffer: UnsafeMutableBufferPointer<T>, from source: Int, tag: Int = 0
  ) throws {
    try MessageBuffer(buffer).forEachPiece(limit: countLimit) { piece in
      var status = MPI_Status()
      try check(
        MPI_Recv(
          piece.base, piece.count32, piece.kind.datatype, Int32(clamping: source),
          Int32(clamping: tag), handle, &status),
        "MPI_Recv")
      var received: Int32 = 0
      try check(MPI_Get_count(&status, piece.kind.datatype, &received), "MPI_Get_count")
      if Int(received) != piece.count {
        throw MPIError(
          call: "MPI_Recv", code: cmpi_err_truncate(),
          text: "a message of \(received) elements where \(piece.count) were expected")
      }
    }
  }

  /// Sends `array` to the rank `destination`, which receives the same count.
  public func send<T: MPIScalar>(_ array: [T], to destination: Int, tag: Int = 0) throws {
    try array.withUnsafeBufferPointer { try send($0, to: destination, tag: tag) }
  }

  /// Returns a message of `count` elements from the rank `source`.
  public func receive<T: MPIScalar>(
    _ type: T.Type = T.self, count: Int, from source: Int, tag: Int = 0
  ) throws -> [T] {
    try [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      try receive(
        into: UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: source, tag: tag)
      initialized = count
    }
  }
}
