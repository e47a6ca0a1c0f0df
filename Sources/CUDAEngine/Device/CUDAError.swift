/// A failed call of one of NVIDIA's libraries, with the library's own error text.
public struct CUDAError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The function's name.
  public let call: String
  /// The library's text for the error code.
  public let text: String
  public let code: UInt32

  public var description: String { "\(call) failed: \(text) (code \(code))" }
}

/// The reason why no GPU can be used: what was searched for, and what was found.
public struct DeviceUnavailable: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String
}
