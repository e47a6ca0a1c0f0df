public import Foundation

/// Named tensors of single-precision numbers as a safetensors file, which all large frameworks read.
///
/// The format is Hugging Face's safetensors 0.4: eight bytes with the header's length
/// (little-endian), the header as JSON with type, shape and byte range of each tensor, the data.
public struct SafetensorsFile: Equatable, Sendable {
  /// One tensor.
  public struct Tensor: Equatable, Sendable {
    public var name: String
    public var shape: [Int]
    /// As many numbers as the product of the shape, the last index running fastest.
    public var values: [Float]

    /// A tensor by its parts.
    public init(name: String, shape: [Int], values: [Float]) {
      precondition(
        shape.reduce(1, *) == values.count, "\(values.count) numbers for the shape \(shape)")
      self.name = name
      self.shape = shape
      self.values = values
    }
  }

  /// In the order of their data in the file.
  public var tensors: [Tensor]
  public var metadata: [String: String]

  /// A file by its parts.
  public init(tensors: [Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The tensor called `name`; nil if there is none.
  public subscript(name: String) -> Tensor? { tensors.first { $0.name == name } }

  /// The bytes of the file.
  ///
  /// The header's keys are sorted, so that equal contents have equal bytes.
  public func encoded() throws -> Data {
    var header: [String: SafetensorsEntry] = ["__metadata__": .metadata(metadata)]
    var end = 0
    for tensor in tensors {
      let start = end
      end += tensor.values.count * MemoryLayout<Float>.stride
      header[tensor.name] = .tensor(type: "F32", shape: tensor.shape, bytes: start..<end)
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(header))
    json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    var data = Data(capacity: 8 + json.count + end)
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: json)
    for tensor in tensors {
      tensor.values.withUnsafeBytes { data.append(contentsOf: $0) }
    }
    return data
  }
}
