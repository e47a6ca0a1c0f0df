internal import CMPI

/// An operation that has begun and is not known to be complete.
///
/// Wait for it (or test until it is complete) before the memory it was given is touched or freed:
/// a request that is merely dropped goes on.
public final class Request {
  private var request: cmpi_request
  private let communicator: Communicator

  init(_ request: cmpi_request, of communicator: Communicator) {
    self.request = request
    self.communicator = communicator
  }

  /// Waits until the operation is complete; returns at once if that is known already.
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
