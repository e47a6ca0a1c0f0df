import SystemSupport

/// The header of a NumPy array (numpy.lib.format, versions 1 to 3).
struct NPYHeader: Equatable {
  let dimensions: [Int]
  /// Bytes of the header.
  let size: Int

  /// Such as `60000 x 28 x 28`.
  var text: String { dimensions.map { String($0) }.joined(separator: " x ") }
  /// Bytes of the content.
  var contentSize: Int { dimensions.reduce(1, *) }

  /// Reads the header of an array of unsigned bytes in C order.
  ///
  /// - Parameter content: bytes of the header and the content together.
  /// - Throws: `DatasetError` that names another type or order.
  init(of reader: any ByteReader, size total: Int) throws {
    let start = try reader.read(10)
    guard start.count == 10, start.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) else {
      throw reader.error("is no NumPy array; expected arrays saved by numpy.savez")
    }
    let hasLongHeader = start[6] > 1
    let more = hasLongHeader ? try reader.read(2) : []
    guard (1...3).contains(start[6]), more.count == (hasLongHeader ? 2 : 0) else {
      throw reader.error("is a NumPy array of format version \(start[6]); expected 1 to 3")
    }
    let length = (start[8...] + more).reversed().reduce(0) { $0 << 8 | Int($1) }
    guard length <= 1 << 16 else {
      throw reader.error("has a header of \(length) bytes; expected one of some hundred")
    }
    let text = try reader.read(length)
    guard text.count == length else { throw reader.error("ends inside its header") }
    let fields = NPYFields(String(decoding: text, as: UTF8.self))
    try Self.checkType(fields.value(of: "descr"), reader)
    switch fields.value(of: "fortran_order") {
    case "False": break
    case "True":
      throw reader.error(
        "is stored in Fortran order; expected C order: save numpy.ascontiguousarray of it")
    default: throw reader.error("does not say the order of its elements in its header")
    }
    dimensions = try Self.dimensions(fields.value(of: "shape"), reader)
    self.size = 10 + more.count + length
    var product = 1
    for dimension in dimensions.sorted() {
      let (next, overflow) = product.multipliedReportingOverflow(by: dimension)
      guard !overflow, next < 1 << 46 else {
        throw reader.error(
          "promises \(self.text) bytes, which no file holds; \(DatasetError.fetchAgain)")
      }
      product = next
    }
    guard total - self.size == product else {
      throw reader.error(
        "has \(total - self.size) bytes for the \(self.text) that its header promises; "
          + DatasetError.fetchAgain)
    }
    try reader.checkPromise(of: product, after: self.size, self.text)
  }

  private static func checkType(_ type: String?, _ reader: any ByteReader) throws {
    let text = type?.trimming("'\"")
    switch text {
    case "|u1", "u1", "<u1", ">u1", "B": return
    case "|O": throw reader.error("holds pickled objects, which are not read; expected uint8")
    case nil: throw reader.error("does not say the type of its elements in its header")
    case .some(let text):
      throw reader.error(
        "is of type \(names[String(text.drop { "<>|=".contains($0) })] ?? text.printable); "
          + "expected uint8: save numpy.uint8 of it")
    }
  }

  /// NumPy's names of its types, by their codes.
  private static let names = [
    "b1": "bool", "i1": "int8", "i2": "int16", "i4": "int32", "i8": "int64", "u2": "uint16",
    "u4": "uint32", "u8": "uint64", "f2": "float16", "f4": "float32", "f8": "float64",
    "c8": "complex64", "c16": "complex128",
  ]

  private static func dimensions(_ text: String?, _ reader: any ByteReader) throws -> [Int] {
    let parts = text?.trimming("()").split(separator: ",").map { $0.trimming(" ") }
    let sizes = parts?.filter { !$0.isEmpty }.map { Int($0.trimming("L")) }
    guard let sizes, sizes.allSatisfy({ ($0 ?? -1) >= 0 }) else {
      throw reader.error("does not say its shape in its header")
    }
    return sizes.compactMap { $0 }
  }
}

/// The values of a Python dictionary with words, booleans and tuples, as text.
private struct NPYFields {
  private let text: String

  init(_ text: String) { self.text = text }

  /// The value of `key` up to the next comma outside of brackets and quotes.
  func value(of key: String) -> String? {
    guard let start = text.firstRange(of: "'\(key)':") ?? text.firstRange(of: "\"\(key)\":") else {
      return nil
    }
    var (depth, isQuoted) = (0, false)
    let value = text[start.upperBound...].prefix { character in
      switch character {
      case "'", "\"": isQuoted.toggle()
      case "(", "[": depth += isQuoted ? 0 : 1
      case ")", "]": depth -= isQuoted ? 0 : 1
      case ",", "}": return isQuoted || depth > 0
      default: break
      }
      return depth >= 0
    }
    return value.trimming(" \n")
  }
}

extension StringProtocol {
  /// The text without these characters at its ends.
  fileprivate func trimming(_ characters: String) -> String {
    let start = drop { characters.contains($0) }
    return String(start.reversed().drop { characters.contains($0) }.reversed())
  }
}
