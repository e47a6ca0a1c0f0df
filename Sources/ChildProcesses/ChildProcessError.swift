/// A command that could not be started; the description is one line that names it.
public struct ChildProcessError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// The error with this text.
  public init(_ text: String) { description = text }
}
