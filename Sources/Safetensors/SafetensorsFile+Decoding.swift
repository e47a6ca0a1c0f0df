public import Foundation

extension SafetensorsFile {
  /// Headers beyond this number of bytes are an error, as in the reference implementation.
  private static let largestHeader = 100_000_000

  /// Decodes the bytes of a file and checks all of them.
  ///
  /// Each byte of the data must belong to exactly one tensor, and all tensors must be of type F32.
  /// - Throws: `SafetensorsError` with the first thing that is wrong.
  public init(decoding data: Data) throws(SafetensorsError) {
    guard data.count >= 8 else {
      throw SafetensorsError("has \(data.count) bytes; a safetensors file has at least 8")
    }
    let length = data.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= UInt64(Self.largestHeader), length <= UInt64(data.count - 8) else {
      throw SafetensorsError(
        "promises a header of \(length) bytes, and has \(data.count - 8) after its length: it is "
          + "truncated, or no safetensors file")
    }
    let body = data.dropFirst(8 + Int(length))
    let header: [String: SafetensorsEntry]
    do {
      header = try JSONDecoder().decode(
        [String: SafetensorsEntry].self, from: data.dropFirst(8).prefix(Int(length)))
    } catch {
      throw SafetensorsError("has a header that is no JSON of the safetensors format")
    }
    var metadata: [String: String] = [:]
    var places: [(name: String, shape: [Int], bytes: Range<Int>)] = []
    for (name, entry) in header {
      switch entry {
      case .metadata(let pairs): metadata = pairs
      case .tensor(let type, let shape, let bytes):
        try Self.check(name, type, shape, bytes)
        places.append((name, shape, bytes))
      }
    }
    // Empty tensors come before the one that begins at the same byte, in the order of their names.
    places.sort {
      ($0.bytes.lowerBound, $0.bytes.upperBound, $0.name)
        < ($1.bytes.lowerBound, $1.bytes.upperBound, $1.name)
    }
    var end = 0
    for place in places {
      guard place.bytes.lowerBound == end else {
        throw SafetensorsError(
          "tensor \(Self.word(place.name)): does not begin where the one before it ends")
      }
      end = place.bytes.upperBound
    }
    guard end == body.count else {
      throw SafetensorsError(
        "has \(body.count) bytes of numbers, and its header describes \(end): it is "
          + (end > body.count ? "truncated" : "longer than it should be"))
    }
    self.init(
      tensors: places.map { place in
        Tensor(
          name: place.name, shape: place.shape,
          values: Self.numbers(body.dropFirst(place.bytes.lowerBound).prefix(place.bytes.count)))
      }, metadata: metadata)
  }

  /// A text of the file for a message: escaped, so that it stays on the line.
  private static func word(_ text: String) -> String {
    text.unicodeScalars.map { $0.escaped(asASCII: true) }.joined()
  }

  private static func check(
    _ name: String, _ type: String, _ shape: [Int], _ bytes: Range<Int>
  ) throws(SafetensorsError) {
    guard type == "F32" else {
      throw SafetensorsError("tensor \(word(name)): has type \(word(type)); only F32 is supported")
    }
    var size = MemoryLayout<Float>.stride
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else {
        throw SafetensorsError("tensor \(word(name)): has the impossible shape \(shape)")
      }
      size = product
    }
    guard size == bytes.count else {
      throw SafetensorsError(
        "tensor \(word(name)): has \(bytes.count) bytes; its shape \(shape) needs \(size)")
    }
  }

  private static func numbers(_ bytes: Data) -> [Float] {
    bytes.withUnsafeBytes { bytes in
      (0..<bytes.count / MemoryLayout<Float>.stride).map {
        Float(
          bitPattern: UInt32(
            littleEndian: bytes.loadUnaligned(
              fromByteOffset: $0 * MemoryLayout<Float>.stride, as: UInt32.self)))
      }
    }
  }
}
