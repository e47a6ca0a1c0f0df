internal import Yams

/// Reads the values of one YAML mapping of a plan, and notes the line of each.
struct PlanReader {
  /// What stands before a key in messages: empty, or such as `run 2: `.
  let prefix: String
  /// The lines of all keys, such as `ranks`, and of their values, such as `ranks 4`.
  private(set) var lines: [String: Int] = [:]
  /// The line on which the mapping starts.
  let line: Int?
  private var nodes: [PlanKey: Node] = [:]

  /// Reads the keys of a mapping.
  ///
  /// - Throws: `PlanFault` if the node is no mapping, or for a key that is not in `keys`.
  init(_ node: Node, keys: [PlanKey], prefix: String = "") throws(PlanFault) {
    self.prefix = prefix
    line = node.mark?.line
    guard let mapping = node.mapping else {
      throw PlanFault(
        "",
        problem: prefix + "expected keys with values, such as ranks: 2; write each as key: value",
        line: line)
    }
    for (name, value) in mapping {
      let text = name.scalar?.string ?? "that is a list or mapping"
      guard let key = PlanKey(rawValue: text), keys.contains(key) else {
        let known = keys.map(\.rawValue).joined(separator: ", ")
        throw PlanFault(
          "\(prefix)unknown key", value: text,
          problem: "expected one of \(known); correct or remove it",
          line: name.mark?.line)
      }
      nodes[key] = value
      lines[prefix + key.rawValue] = name.mark?.line
      for element in value.elements {
        guard let scalar = element.scalar else { continue }
        lines["\(prefix)\(key.rawValue) \(scalar.string)"] = scalar.mark?.line
      }
    }
  }

  /// Whether the mapping has this key.
  func has(_ key: PlanKey) -> Bool { nodes[key] != nil }

  /// Whether the value of this key is a list.
  func isList(_ key: PlanKey) -> Bool { nodes[key]?.sequence != nil }

  /// The elements of a list, or the only value; nil if the mapping does not have the key.
  func elements(_ key: PlanKey) throws(PlanFault) -> [Node]? {
    guard let node = nodes[key] else { return nil }
    guard !node.isNull else { throw missing(key) }
    return node.elements
  }

  /// The values of a key that takes one or a list; nil if the mapping does not have the key.
  ///
  /// - Parameter parse: gives the value of a text, or nil if the text is no such value.
  func list<Value>(
    _ key: PlanKey, _ parse: (String) -> Value?
  ) throws(PlanFault) -> [Value]? {
    guard let elements = try elements(key) else { return nil }
    guard !elements.isEmpty else { throw missing(key) }
    var values: [Value] = []
    for element in elements { values.append(try value(of: element, key, parse)) }
    return values
  }

  /// The value of a key that takes one; nil if the mapping does not have the key.
  func single<Value>(_ key: PlanKey, _ parse: (String) -> Value?) throws(PlanFault) -> Value? {
    guard let node = nodes[key] else { return nil }
    return try value(of: node, key, parse)
  }

  private func value<Value>(
    of node: Node, _ key: PlanKey, _ parse: (String) -> Value?
  ) throws(PlanFault) -> Value {
    guard !node.isNull else { throw missing(key, line: node.mark?.line) }
    guard let scalar = node.scalar else {
      throw PlanFault(
        prefix + key.rawValue,
        problem: "a list or mapping where one value belongs: expected \(key.expected); correct it",
        line: node.mark?.line)
    }
    guard let value = parse(scalar.string) else {
      throw PlanFault(key, value: scalar.string, prefix: prefix, line: scalar.mark?.line)
    }
    return value
  }

  /// The fault of a key without a value.
  func missing(_ key: PlanKey, line: Int? = nil) -> PlanFault {
    let name = prefix + key.rawValue
    return PlanFault(
      name, problem: "no value: expected \(key.expected); add one or remove the key",
      line: line ?? lines[name])
  }
}

extension Node {
  /// The elements of a list; of another node, the node itself.
  fileprivate var elements: [Node] { sequence.map(Array.init) ?? [self] }

  /// Whether this is YAML's way of writing no value: nothing, `~` or `null`.
  fileprivate var isNull: Bool {
    guard let scalar, scalar.style == .plain else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
  }
}
