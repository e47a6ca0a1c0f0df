/// An entry of the header of a safetensors file: a tensor, or the metadata.
enum SafetensorsEntry: Codable {
  case tensor(type: String, shape: [Int], bytes: Range<Int>)
  case metadata([String: String])

  private enum Key: String, CodingKey {
    case dtype
    case shape
    case offsets = "data_offsets"
  }

  func encode(to encoder: any Encoder) throws {
    switch self {
    case .metadata(let pairs): try pairs.encode(to: encoder)
    case .tensor(let type, let shape, let bytes):
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(type, forKey: .dtype)
      try container.encode(shape, forKey: .shape)
      try container.encode([bytes.lowerBound, bytes.upperBound], forKey: .offsets)
    }
  }

  init(from decoder: any Decoder) throws {
    if decoder.codingPath.last?.stringValue == "__metadata__" {
      self = .metadata(try [String: String](from: decoder))
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    let offsets = try container.decode([Int].self, forKey: .offsets)
    guard offsets.count == 2, offsets[0] >= 0, offsets[0] <= offsets[1] else {
      throw DecodingError.dataCorruptedError(
        forKey: .offsets, in: container, debugDescription: "no range of bytes")
    }
    self = .tensor(
      type: try container.decode(String.self, forKey: .dtype),
      shape: try container.decode([Int].self, forKey: .shape), bytes: offsets[0]..<offsets[1])
  }
}
