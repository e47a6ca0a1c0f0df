public import FoundationEssentials

/// JSON as this program writes it: keys are sorted, slashes are not escaped.
public enum SortedJSON {
  /// Encodes a value.
  ///
  /// - Parameter pretty: whether to add line breaks and indentation for human readers.
  /// - Throws: `NotFiniteError` naming the key of a number that JSON cannot hold.
  public static func encode(
    _ value: some Encodable, pretty: Bool
  ) throws(NotFiniteError) -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
    do {
      return try encoder.encode(value)
    } catch EncodingError.invalidValue(_, let context) {
      throw NotFiniteError(key: name(of: context.codingPath))
    } catch {
      throw NotFiniteError(key: "\(error)")
    }
  }

  /// Encodes a value as a string with line breaks and indentation.
  ///
  /// - Throws: `NotFiniteError` as `encode` does.
  public static func text(_ value: some Encodable) throws(NotFiniteError) -> String {
    String(decoding: try encode(value, pretty: true), as: UTF8.self)
  }

  /// The name of a position in a JSON value, such as `ranks[2].phases.load`.
  public static func name(of path: [any CodingKey]) -> String {
    path.reduce(into: "") { name, key in
      if let index = key.intValue {
        name += "[\(index)]"
      } else {
        name += name.isEmpty ? key.stringValue : ".\(key.stringValue)"
      }
    }
  }
}

/// A number that is not finite, which JSON cannot hold.
public struct NotFiniteError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The name of its position in the JSON value, such as `result.finalLoss`.
  public let key: String

  /// The error for the number at `key`.
  public init(key: String) { self.key = key }

  public var description: String { "\(key) is not a finite number, which JSON cannot hold" }
}
