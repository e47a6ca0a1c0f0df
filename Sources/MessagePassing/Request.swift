internal import CMPI

/// A non-blocking operation that has started and may still be in progress.
///
/// The caller must wait for it, or test it until it is complete, before it uses or frees the memory
/// of the operation. Releasing the request does not stop the operation.
public final class Request {
  private var request: cmpi_request
  private let communicator: Communicator

  init(_ request: cmpi_request, of communicator: Communicator) {
    self.request = request
    self.communicator = communicator
  }

  /// Waits until the operation is complete; returns at once if it already is.
  public func wait() throws {
    try check(MPI_Wait(&request.handle, cmpi_status_ignore()), "MPI_Wait")
  }

  /// Lets MPI advance the operation and returns whether it is complete.
  public func test() throws -> Bool {
    var isComplete: Int32 = 0
    try check(MPI_Test(&request.handle, &isComplete, cmpi_status_ignore()), "MPI_Test")
    return isComplete != 0
  }
}
