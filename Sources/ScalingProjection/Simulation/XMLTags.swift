/// The start tags of an XML file with their attributes, in order.
///
/// As much XML as finding the hosts of a platform takes: SimGrid parses the file itself. The parser of
/// Foundation would make every rank on every host load a library that only `project` needs.
struct XMLTags {
  /// A start tag.
  struct Tag {
    let name: String
    let attributes: [String: String]
  }

  /// Nil if a tag or a comment does not end, or if the elements are not closed in turn.
  static func read(_ text: String) -> [Tag]? {
    var tags: [Tag] = []
    var open: [String] = []
    var rest = Substring(text)
    while let start = rest.firstIndex(of: "<") {
      rest = rest[rest.index(after: start)...]
      if rest.hasPrefix("!--") {
        guard let end = rest.firstRange(of: "-->") else { return nil }
        rest = rest[end.upperBound...]
        continue
      }
      guard let end = endOfTag(rest) else { return nil }
      let content = rest[..<end]
      rest = rest[rest.index(after: end)...]
      if content.hasPrefix("?") || content.hasPrefix("!") { continue }
      if content.hasPrefix("/") {
        guard open.popLast() == trimmed(content.dropFirst()) else { return nil }
        continue
      }
      let isClosed = content.hasSuffix("/")
      guard let tag = tag(isClosed ? content.dropLast() : content) else { return nil }
      tags.append(tag)
      if !isClosed { open.append(tag.name) }
    }
    return open.isEmpty && !tags.isEmpty ? tags : nil
  }

  /// The next `>` outside quotes.
  private static func endOfTag(_ text: Substring) -> Substring.Index? {
    var quote: Character?
    return text.indices.first { index in
      let character = text[index]
      if let open = quote {
        if character == open { quote = nil }
        return false
      }
      if character == "\"" || character == "'" { quote = character }
      return character == ">"
    }
  }

  private static func tag(_ content: Substring) -> Tag? {
    let name = content.prefix { !$0.isWhitespace }
    guard name.first?.isLetter == true else { return nil }
    var attributes: [String: String] = [:]
    var rest = content[name.endIndex...].drop(while: \.isWhitespace)
    while !rest.isEmpty {
      guard let equal = rest.firstIndex(of: "=") else { return nil }
      let key = trimmed(rest[..<equal])
      let value = rest[rest.index(after: equal)...].drop(while: \.isWhitespace)
      guard let quote = value.first, quote == "\"" || quote == "'",
        let end = value.dropFirst().firstIndex(of: quote)
      else { return nil }
      attributes[key] = String(value.dropFirst()[..<end])
      rest = value[value.index(after: end)...].drop(while: \.isWhitespace)
    }
    return Tag(name: String(name), attributes: attributes)
  }

  private static func trimmed(_ text: Substring) -> String {
    var text = text.drop(while: \.isWhitespace)
    while text.last?.isWhitespace == true { text.removeLast() }
    return String(text)
  }
}
