internal import CMPI

/// Broadcasts from one rank to all ranks (MPI 3.1, section 5.4); called by all ranks.
extension Communicator {
  /// Copies the elements of `root`'s buffer into the buffers of all ranks.
  ///
  /// All buffers have the same count.
  public func broadcast<T: MPIScalar>(
    _ buffer: UnsafeMutableBufferPointer<T>, root: Int = 0
  ) throws {
    try MessageBuffer(buffer).forEachPiece(limit: countLimit) { piece in
      try collective(
        MPI_Bcast(piece.base, piece.count32, piece.kind.datatype, Int32(clamping: root), handle),
        "MPI_Bcast")
    }
  }

  /// Returns `root`'s value; the values that other ranks pass are ignored.
  public func broadcast<T: MPIScalar>(_ value: T, root: Int = 0) throws -> T {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try broadcast(UnsafeMutableBufferPointer(start: $0, count: 1), root: root)
    }
    return value
  }

  /// Returns `root`'s array, of any length; the arrays that other ranks pass are ignored.
  public func broadcast<T: MPIScalar>(_ array: [T], root: Int = 0) throws -> [T] {
    let count = try broadcast(array.count, root: root)
    if rank == root {
      var array = array
      try array.withUnsafeMutableBufferPointer { try broadcast($0, root: root) }
      return array
    }
    return try [T](unsafeUninitializedCapacity: count) { buffer, initialized in
      try broadcast(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), root: root)
      initialized = count
    }
  }

  /// Returns `root`'s string, of any length; the strings that other ranks pass are ignored.
  public func broadcast(_ text: String, root: Int = 0) throws -> String {
    String(decoding: try broadcast(Array(text.utf8), root: root), as: UTF8.self)
  }
}
