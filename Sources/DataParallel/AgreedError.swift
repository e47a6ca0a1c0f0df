import MessagePassing
import SystemSupport

/// An error that all ranks throw together, with one message and one exit code.
///
/// Because all ranks leave, no rank is left waiting in a collective.
public struct AgreedError: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String
  /// The exit code of every rank.
  public let exitCode: Int32

  /// An error with its message and exit code, the same on all ranks.
  public init(_ description: String, exitCode: Int32) {
    self.description = description
    self.exitCode = exitCode
  }
}

extension Communicator {
  /// Runs `work` on rank 0; if it throws there, all ranks throw.
  ///
  /// Called by all ranks. The outcome is broadcast, so no rank continues before `work` has ended.
  /// - Returns: the value of `work` on rank 0, nil on the other ranks.
  /// - Throws: `AgreedError` with the message of the error on rank 0, the same on all ranks.
  public func onRoot<Value>(exitCode: Int32, _ work: () throws -> Value) throws -> Value? {
    var value: Value?
    var message = ""
    if isRoot {
      do { value = try work() } catch { message = "\(error)" }
    }
    message = try broadcast(message)
    guard message.isEmpty else { throw AgreedError(message, exitCode: exitCode) }
    return value
  }
}
