/// Any JSON value, with its scalars as strings.
enum JSONValue: Decodable {
  case leaf(String)
  case object([String: JSONValue])
  case array([JSONValue])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .leaf("none")
    } else if let members = try? container.decode([String: JSONValue].self) {
      self = .object(members)
    } else if let members = try? container.decode([JSONValue].self) {
      self = .array(members)
    } else if let text = try? container.decode(String.self) {
      self = .leaf(text)
    } else if let truth = try? container.decode(Bool.self) {
      self = .leaf("\(truth)")
    } else if let number = try? container.decode(UInt64.self) {
      // Tried before Double, which would round a 64-bit seed.
      self = .leaf("\(number)")
    } else {
      self = .leaf("\(try container.decode(Double.self))")
    }
  }
}
