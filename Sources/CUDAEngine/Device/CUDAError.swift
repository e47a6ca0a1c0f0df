/// A call of one of NVIDIA's libraries that failed, in the library's own words.
public struct CUDAError: Error, CustomStringConvertible, Equatable, Sendable {
  /// The function's name.
  public let call: String
  /// What the library says about the code.
  public let text: String
  public let code: UInt32

  public var description: String { "\(call) failed: \(text) (code \(code))" }
}

/// Why there is no GPU to compute on: what was looked for, and what was found.
public struct DeviceUnavailable: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String
}
