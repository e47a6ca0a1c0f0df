import SystemSupport

/// An error of a projection; its description is one line that says what to do.
public struct ProjectionError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// The error with this text, in which control characters such as line breaks become spaces.
  public init(_ text: String) { description = OneLine.text(text) }
}
