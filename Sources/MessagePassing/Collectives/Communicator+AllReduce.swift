internal import CMPI

/// Reductions with the result on all ranks (MPI 3.1, sections 5.9.6 and 5.12.8).
///
/// All ranks call these methods.
extension Communicator {
  /// Replaces each element of `buffer` by the reduction of that element over all ranks.
  ///
  /// All ranks pass the same count. The method allocates nothing. It makes one `MPI_Allreduce` call
  /// for up to 2^31 - 1 elements. Throws an ``MPIError`` for an operation that is not defined for
  /// the type.
  public func allReduce<T: MPIScalar>(
    inPlace buffer: UnsafeMutableBufferPointer<T>, _ operation: ReduceOperation
  ) throws {
    try operation.requireDefined(for: T.scalarKind, "MPI_Allreduce")
    let signed = T.scalarKind.comparedAs(operation)
    if signed != nil { invertHighestBits(buffer) }
    defer { if signed != nil { invertHighestBits(buffer) } }
    let datatype = (signed ?? T.scalarKind).datatype
    try MessageBuffer(buffer).forEachPiece(limit: countLimit) { piece in
      try collective(
        MPI_Allreduce(
          cmpi_in_place(), piece.base, piece.count32, datatype, operation.handle, handle),
        "MPI_Allreduce")
    }
  }

  /// Returns the reduction of the ranks' values.
  public func allReduce<T: MPIScalar>(_ value: T, _ operation: ReduceOperation) throws -> T {
    var value = value
    try withUnsafeMutablePointer(to: &value) {
      try allReduce(inPlace: UnsafeMutableBufferPointer(start: $0, count: 1), operation)
    }
    return value
  }

  /// Returns the element-wise reduction of the ranks' arrays, which have the same length.
  public func allReduce<T: MPIScalar>(_ array: [T], _ operation: ReduceOperation) throws -> [T] {
    var array = array
    try array.withUnsafeMutableBufferPointer { try allReduce(inPlace: $0, operation) }
    return array
  }

  /// Starts a non-blocking all-reduce of `buffer` in place (`MPI_Iallreduce`).
  ///
  /// Until the request is complete, `buffer` must not be read, written, moved or freed. Most MPI
  /// libraries advance the operation only inside MPI calls: see ``Request/test()``. All ranks start
  /// their operations in the same order. At most 2^31 - 1 elements, and no minimum or maximum of an
  /// unsigned type (preconditions).
  public func startAllReduce<T: MPIScalar>(
    inPlace buffer: UnsafeMutableBufferPointer<T>, _ operation: ReduceOperation
  ) throws -> Request {
    precondition(
      buffer.count <= countLimit,
      "\(buffer.count) elements in one request, \(countLimit) is the limit")
    precondition(
      T.scalarKind.comparedAs(operation) == nil,
      "\(operation) of \(T.self) in a request: use allReduce, which orders unsigned numbers itself")
    try operation.requireDefined(for: T.scalarKind, "MPI_Iallreduce")
    let message = MessageBuffer(buffer)
    var request = cmpi_request()
    try collective(
      MPI_Iallreduce(
        cmpi_in_place(), message.base, message.count32, message.kind.datatype, operation.handle,
        handle, &request.handle),
      "MPI_Iallreduce")
    return Request(request, of: self)
  }
}
