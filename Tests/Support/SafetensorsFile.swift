import Foundation

/// The tensors of a safetensors file by name; a reader for the files of the oracle.
///
/// The format: eight little-endian bytes with the length of a JSON header, the header, the data.
public struct SafetensorsFile {
  private struct Entry: Decodable {
    let dtype: String
    let shape: [Int]
    let data_offsets: [Int]
  }

  private let entries: [String: Entry]
  private let data: Data

  /// Reads the file at `path`.
  public init(path: String) throws {
    let content = try Data(contentsOf: URL(fileURLWithPath: path))
    guard content.count >= 8 else { throw SupportError("\(path) ends in its header's length") }
    let length = content[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
    let header = try JSONSerialization.jsonObject(with: content[8..<(8 + length)])
    guard var entries = header as? [String: Any] else {
      throw SupportError("\(path): the header is no JSON object")
    }
    entries["__metadata__"] = nil
    self.entries = try JSONDecoder().decode(
      [String: Entry].self, from: JSONSerialization.data(withJSONObject: entries))
    data = content[(8 + length)...]
  }

  /// Returns the shape of the tensor `name`, or nil if the file has no such tensor.
  public func shape(_ name: String) -> [Int]? { entries[name]?.shape }

  /// Returns the single-precision tensor `name`, last dimension fastest.
  public func floats(_ name: String) throws -> [Float] { try values(name, dtype: "F32") }

  /// Returns the double-precision tensor `name`.
  public func doubles(_ name: String) throws -> [Double] { try values(name, dtype: "F64") }

  /// Returns the tensor `name` of 32-bit integers.
  public func integers(_ name: String) throws -> [Int32] { try values(name, dtype: "I32") }

  /// Returns the tensor `name` of unsigned bytes.
  public func bytes(_ name: String) throws -> [UInt8] { try values(name, dtype: "U8") }

  private func values<Value: BitwiseCopyable>(_ name: String, dtype: String) throws -> [Value] {
    guard let entry = entries[name], entry.dtype == dtype else {
      throw SupportError("no tensor \(name) of \(dtype), but \(entries[name]?.dtype ?? "none")")
    }
    let start = data.startIndex
    let range = (start + entry.data_offsets[0])..<(start + entry.data_offsets[1])
    return data[range].withUnsafeBytes { bytes in
      (0..<(bytes.count / MemoryLayout<Value>.size)).map {
        bytes.loadUnaligned(fromByteOffset: $0 * MemoryLayout<Value>.size, as: Value.self)
      }
    }
  }
}
