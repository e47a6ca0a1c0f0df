/// Text of files and users, made fit for one line of a message.
public enum OneLine {
  /// The text with a space for each control character or line break.
  public static func text(_ text: String) -> String {
    let scalars = text.unicodeScalars.map { scalar -> Unicode.Scalar in
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: " "
      default: scalar
      }
    }
    return String(String.UnicodeScalarView(scalars))
  }

  /// A value for a message: at most 60 characters of it, in quotes if it is empty or has spaces.
  public static func value(_ value: String) -> String {
    let line = text(value)
    let short = line.count > 60 ? line.prefix(57) + "..." : line[...]
    return short.isEmpty || short.contains(" ") ? "\"\(short)\"" : String(short)
  }
}
