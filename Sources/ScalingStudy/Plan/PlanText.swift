import SystemSupport
internal import Yams

/// The text of a plan as YAML nodes.
enum PlanText {
  /// The largest number of aliases (`*name`) in a text.
  ///
  /// An alias repeats what its anchor has. Aliases of lists of aliases multiply, and the parser then
  /// compares keys for longer than anyone waits; so few can do no harm.
  private static let mostAliases = 20

  /// The root of the only document in a text.
  ///
  /// - Throws: `StudyError` if the text is no YAML or has no value.
  static func root(of yaml: String, path: String) throws(StudyError) -> Node {
    if let line = lineOfExcessiveAlias(in: yaml) {
      throw StudyError(
        "\(path):\(line): more than \(mostAliases) words such as *name, which YAML takes for aliases: "
          + "expected values; write them out")
    }
    let root: Node?
    do {
      root = try compose(yaml: yaml)
    } catch {
      throw StudyError("\(path)\(place(of: error)); correct it, or name a file with a plan in YAML")
    }
    guard let root, root.scalar?.string != "" else {
      throw StudyError(
        "\(path): empty: expected keys with values, such as ranks: [1, 2]; write a plan")
    }
    return root
  }

  /// The line of the first alias beyond `mostAliases`; nil if there is none.
  ///
  /// Each `*` before a letter counts, also in a comment or in quotes.
  private static func lineOfExcessiveAlias(in yaml: String) -> Int? {
    var (line, aliases) = (1, 0)
    var isStar = false
    for byte in yaml.utf8 {
      if isStar, byte > UInt8(ascii: " ") { aliases += 1 }
      if aliases > mostAliases { return line }
      isStar = byte == UInt8(ascii: "*")
      if byte == UInt8(ascii: "\n") { line += 1 }
    }
    return nil
  }

  /// The line of an error of the parser and what is wrong, without the text around it.
  private static func place(of error: any Error) -> String {
    switch error {
    case YamlError.scanner(_, let problem, let mark, _),
      YamlError.parser(_, let problem, let mark, _),
      YamlError.composer(_, let problem, let mark, _):
      // The parser takes 1,000 levels, and its text names a function to raise that.
      ":\(mark.line): no YAML: "
        + (problem.hasPrefix("Maximum nesting level") ? "nested too deeply" : problem)
    case YamlError.reader(let problem, let offset, _, let yaml):
      (offset.map { ":\(yaml.prefix($0).count(where: \.isNewline) + 1)" } ?? "")
        + ": no YAML: \(problem)"
    case YamlError.duplicatedKeysInMapping(let keys, let context):
      ":\(context.mark.line): the same key twice: \(keys.map(OneLine.value).joined(separator: ", "))"
    default:
      ": no YAML: the text cannot be read"
    }
  }
}
