/// An error of a study; its description is one line that says what to do.
public struct StudyError: Error, Equatable, Sendable, CustomStringConvertible {
  public let description: String

  /// The error with this text, in which control characters such as line breaks become spaces.
  public init(_ text: String) { description = OneLine.text(text) }
}

/// Text of files and users, made fit for one line of a message.
enum OneLine {
  /// The text with a space for each control character or line break.
  static func text(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// A value for a message: at most 60 characters of it, in quotes if it is empty or has spaces.
  static func value(_ value: String) -> String {
    let line = text(value)
    let short = line.count > 60 ? line.prefix(57) + "..." : line[...]
    return short.isEmpty || short.contains(" ") ? "\"\(short)\"" : String(short)
  }
}
