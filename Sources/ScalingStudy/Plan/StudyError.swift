import SystemSupport

/// An error of a study; its description is one line that says what to do.
public struct StudyError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// The error with this text, in which control characters such as line breaks become spaces.
  public init(_ text: String) { description = OneLine.text(text) }
}
