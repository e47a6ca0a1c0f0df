import Foundation
public import NeuralNetwork
import SystemSupport

/// Trained weights as a safetensors file: a header with names and shapes, then the numbers.
///
/// The format is Hugging Face's safetensors 0.4: eight bytes with the header's length
/// (little-endian), the header as JSON, the data. PyTorch and other programs read tensors by name;
/// the shapes are PyTorch's.
public enum WeightFile {
  /// An entry of the header: a tensor, or the metadata.
  private enum Entry: Encodable {
    case tensor(shape: [Int], bytes: Range<Int>)
    case metadata([String: String])

    private enum Key: String, CodingKey {
      case dtype
      case shape
      case offsets = "data_offsets"
    }

    func encode(to encoder: any Encoder) throws {
      switch self {
      case .metadata(let pairs): try pairs.encode(to: encoder)
      case .tensor(let shape, let bytes):
        var container = encoder.container(keyedBy: Key.self)
        try container.encode("F32", forKey: .dtype)
        try container.encode(shape, forKey: .shape)
        try container.encode([bytes.lowerBound, bytes.upperBound], forKey: .offsets)
      }
    }
  }

  /// Writes the weights to a temporary file and renames it to `path`.
  ///
  /// - Parameters:
  ///   - weights: in canonical order, see `ParameterLayout.canonical(from:)`.
  ///   - facts: contains the normalisation of inputs, which is written to the metadata.
  /// - Throws: `FileError` naming the path.
  public static func write(
    _ weights: [Float], of model: Model, facts: DataFacts, to path: String
  ) throws {
    var header: [String: Entry] = [
      "__metadata__": .metadata([
        "format": "pt", "model": model.text,
        "input": "(byte / 255 - mean) / deviation",
        "mean": "\(facts.normalisation.mean)", "deviation": "\(facts.normalisation.deviation)",
      ])
    ]
    for tensor in ParameterLayout(of: model).tensors {
      header[tensor.name] = .tensor(
        shape: tensor.canonicalShape,
        bytes: (4 * tensor.range.lowerBound)..<(4 * tensor.range.upperBound))
    }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var json = Array(try encoder.encode(header))
    json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
    var data = Data()
    withUnsafeBytes(of: UInt64(json.count).littleEndian) { data.append(contentsOf: $0) }
    data.append(contentsOf: json)
    weights.withUnsafeBytes { data.append(contentsOf: $0) }
    try SafeFile.replace(path, with: data, content: "weights")
  }
}
