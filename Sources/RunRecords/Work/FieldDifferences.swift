import FoundationEssentials

/// Lists the fields in which two values of one type differ, by comparing their JSON.
enum FieldDifferences {
  /// One string per differing field, sorted by name: `a.b: 1 against 2`; `none` if it is missing.
  static func between<Value: Encodable>(_ one: Value, _ other: Value) -> [String] {
    let left = fields(of: one)
    let right = fields(of: other)
    return Set(left.keys).union(right.keys).sorted().compactMap { name in
      let (a, b) = (left[name], right[name])
      return a == b ? nil : "\(name): \(a ?? "none") against \(b ?? "none")"
    }
  }

  /// The scalars of a value as strings, by the path of their keys: `a.b[0]`.
  private static func fields(of value: some Encodable) -> [String: String] {
    let encoder = JSONEncoder()
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "infinity", negativeInfinity: "-infinity", nan: "nan")
    guard let data = try? encoder.encode(value),
      let tree = try? JSONDecoder().decode(JSONValue.self, from: data)
    else { return [:] }
    var found: [String: String] = [:]
    collect(tree, name: "", into: &found)
    return found
  }

  private static func collect(
    _ value: JSONValue, name: String, into found: inout [String: String]
  ) {
    switch value {
    case .leaf(let text):
      found[name] = text
    case .object(let members):
      for (key, member) in members {
        collect(member, name: name.isEmpty ? key : "\(name).\(key)", into: &found)
      }
    case .array(let members):
      for (index, member) in members.enumerated() {
        collect(member, name: "\(name)[\(index)]", into: &found)
      }
    }
  }
}
