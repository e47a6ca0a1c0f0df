import MessagePassing
import SystemSupport

/// An error that every rank knows of: one message, one exit code, nobody left waiting.
public struct AgreedError: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String
  /// The exit code of every rank.
  public let exitCode: Int32

  /// An error that all ranks throw alike.
  public init(_ description: String, exitCode: Int32) {
    self.description = description
    self.exitCode = exitCode
  }
}

extension Communicator {
  /// Does work on rank 0 and lets every rank know how it ended.
  ///
  /// To be called by all ranks. Where `work` throws on rank 0, all ranks throw the same
  /// `AgreedError`.
  /// - Returns: the work's value on rank 0, nil elsewhere.
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
