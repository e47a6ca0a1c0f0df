/// The content of an IDX file: unsigned bytes in one array, the last dimension fastest.
///
/// The format is that of the MNIST home page: two zero bytes, a type byte (8 = unsigned byte), the
/// number of dimensions in one byte, each dimension as a big-endian 32-bit integer, then the bytes.
struct IDXFile {
  var dimensions: [Int]
  var bytes: [UInt8]

  /// Reads `path` (plain or gzip) and checks its length against its header.
  ///
  /// The memory used grows with the bytes that the file contains, not with the sizes in its header.
  init(path: String, kind: String, dimensionCount: Int) throws {
    let reader = try GzipReader(path: path)
    var header = [UInt8](repeating: 0, count: 4 + 4 * dimensionCount)
    let headerBytes = try header.withUnsafeMutableBytes { try reader.read(into: $0) }
    let magic: [UInt8] = [0, 0, 8, UInt8(dimensionCount)]
    guard headerBytes >= 4, Array(header[..<4]) == magic else {
      let found = header[..<min(4, headerBytes)].map { String($0) }.joined(separator: " ")
      let expected = magic.map { String($0) }.joined(separator: " ")
      throw DatasetError(
        path: path,
        problem:
          "is no IDX file of \(kind): it starts with bytes [\(found)], expected [\(expected)]")
    }
    guard headerBytes == header.count else {
      throw DatasetError(path: path, problem: "ends inside its header of \(header.count) bytes")
    }
    dimensions = (0..<dimensionCount).map { dimension in
      header[(4 + 4 * dimension)..<(8 + 4 * dimension)].reduce(0) { $0 << 8 | Int($1) }
    }
    var size = 1
    // In this order a product with a zero is zero, however large the others are.
    for dimension in dimensions.sorted() {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow, product < 1 << 46 else {
        throw DatasetError(
          path: path,
          problem: "its header promises \(Self.text(dimensions)) bytes, which no file holds; "
            + "fetch it again (jobs/get-mnist.sh)")
      }
      size = product
    }
    bytes = []
    try readContent(of: reader, size: size)
  }

  private mutating func readContent(of reader: GzipReader, size: Int) throws {
    while bytes.count < size {
      let start = bytes.count
      // The first piece is small and each doubles what is there, so a header cannot ask for more.
      let wanted = min(max(start, 1 << 16), size - start)
      bytes.reserveCapacity(start + wanted)
      bytes.append(contentsOf: repeatElement(0, count: wanted))
      let count = try bytes.withUnsafeMutableBytes {
        try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...]))
      }
      guard count == wanted else {
        throw DatasetError(
          path: reader.path,
          problem: "holds \(start + count) bytes after its header, which promises "
            + "\(Self.text(dimensions)) = \(size); fetch it again (jobs/get-mnist.sh)")
      }
    }
    var extra: [UInt8] = [0]
    if try extra.withUnsafeMutableBytes({ try reader.read(into: $0) }) > 0 {
      throw DatasetError(
        path: reader.path,
        problem: "goes on after the \(Self.text(dimensions)) = \(size) bytes that its header "
          + "promises; fetch it again (jobs/get-mnist.sh)")
    }
  }

  private static func text(_ dimensions: [Int]) -> String {
    dimensions.map { String($0) }.joined(separator: " x ")
  }
}
