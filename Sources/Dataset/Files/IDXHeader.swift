/// The header of an IDX file.
///
/// The format is that of the MNIST home page: two zero bytes, a byte for the type of the elements, the
/// number of dimensions in one byte, each dimension as a big-endian 32-bit integer, then the elements,
/// big-endian, the last dimension fastest.
struct IDXHeader: Equatable {
  /// The types of elements that are read; the format has two more, for floating-point numbers.
  enum Element: UInt8 {
    case uint8 = 0x08
    case int8 = 0x09
    case int16 = 0x0B
    case int32 = 0x0C

    /// Bytes of an element.
    var size: Int {
      switch self {
      case .uint8, .int8: 1
      case .int16: 2
      case .int32: 4
      }
    }
  }

  /// What a file is expected to hold.
  enum Content: String {
    case images, labels

    /// The other one of the two.
    var other: Content { self == .images ? .labels : .images }

    /// Whether a file with this type and number of dimensions can hold it.
    func fits(_ type: UInt8, dimensions: UInt8) -> Bool {
      switch self {
      case .images: type == Element.uint8.rawValue && (3...4).contains(dimensions)
      case .labels: Element(rawValue: type) != nil && (1...2).contains(dimensions)
      }
    }
  }

  let element: Element
  let dimensions: [Int]

  /// Bytes of the header.
  var size: Int { 4 + 4 * dimensions.count }
  /// Bytes of the content.
  var contentSize: Int { dimensions.reduce(element.size, *) }
  /// Such as `60000 x 28 x 28`; with more than one byte an element, such as `60000 x 8 x 4 bytes`.
  var text: String {
    dimensions.map { String($0) }.joined(separator: " x ")
      + (element.size > 1 ? " x \(element.size) bytes" : "")
  }

  /// Reads the header of `reader` and compares it with the size on disk.
  ///
  /// - Parameter path: the path of the file, for what to do about a file of another kind.
  init(of reader: any ByteReader, expecting content: Content, path: String) throws {
    // Enough to recognise other kinds of files; the bytes after the header are given back below.
    var bytes = try reader.read(4)
    guard bytes.count == 4, bytes[0] == 0, bytes[1] == 0,
      content.fits(bytes[2], dimensions: bytes[3])
    else {
      bytes += bytes.count == 4 ? try reader.read(FileKind.prefixLength - 4) : []
      throw Self.complaint(about: bytes, reader, expecting: content, path: path)
    }
    let count = Int(bytes[3])
    bytes += try reader.read(4 * count)
    guard bytes.count == 4 + 4 * count, let element = Element(rawValue: bytes[2]) else {
      throw reader.error(
        "ends inside its header of \(4 + 4 * count) bytes; \(DatasetError.fetchAgain)")
    }
    self.element = element
    dimensions = (1...count).map { dimension in
      bytes[(4 * dimension)..<(4 * dimension + 4)].reduce(0) { $0 << 8 | Int($1) }
    }
    var size = element.size
    // In this order a product with a zero is zero, however large the others are.
    for dimension in dimensions.sorted() {
      let (product, overflow) = size.multipliedReportingOverflow(by: dimension)
      guard !overflow, product < 1 << 46 else {
        throw reader.error(
          "its header promises \(text) bytes, which no file holds; \(DatasetError.fetchAgain)")
      }
      size = product
    }
    try reader.checkPromise(of: size, after: self.size, text)
  }

  private static func complaint(
    about prefix: [UInt8], _ reader: any ByteReader, expecting content: Content, path: String
  ) -> DatasetError {
    let found = prefix.prefix(4).map { String($0) }.joined(separator: " ")
    let expected = content == .images ? "0 0 8 3" : "0 0 8 1"
    guard prefix.count >= 4, prefix[0] == 0, prefix[1] == 0, (8...14).contains(prefix[2]) else {
      if let complaint = FileKind.complaint(
        about: prefix, path: path, isCompressed: reader.isCompressed)
      {
        return reader.error(complaint)
      }
      return reader.error(
        "is no IDX file of \(content): it starts with bytes [\(found)], expected [\(expected)]")
    }
    if content.other.fits(prefix[2], dimensions: prefix[3]) {
      return reader.error(
        "holds \(content.other) (it starts with bytes [\(found)]) where \(content) are expected; "
          + "have the two files changed places?")
    }
    return reader.error(
      "is an IDX file of type 0x\(String(prefix[2], radix: 16)) with \(prefix[3]) dimensions; expected "
        + (content == .images
          ? "images of unsigned bytes (type 0x8, 3 or 4 dimensions)"
          : "labels of integers (type 0x8, 0x9, 0xb or 0xc, 1 or 2 dimensions)"))
  }
}
