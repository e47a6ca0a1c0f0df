import MessagePassing

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

/// Exit codes, after sysexits.h.
public enum ExitCode {
  /// A bad option.
  public static let usage: Int32 = 64
  /// Bad data.
  public static let data: Int32 = 65
  /// A training run that went wrong: a loss that is not finite.
  public static let training: Int32 = 1
  /// A file or directory that cannot be made.
  public static let cannotCreate: Int32 = 73
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
