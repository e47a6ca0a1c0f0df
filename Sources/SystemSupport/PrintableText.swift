extension StringProtocol {
  /// The text on one line of ASCII: other characters and control characters as Swift escapes them.
  ///
  /// For words of a file in a message.
  public var printable: String { unicodeScalars.map { $0.escaped(asASCII: true) }.joined() }
}
