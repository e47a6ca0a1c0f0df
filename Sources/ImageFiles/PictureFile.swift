internal import CPNG
import Foundation
import SystemSupport

/// Reads pictures in the formats PNG (by libpng) and PGM.
public enum PictureFile {
  /// Reads a picture of a known size.
  ///
  /// The size is compared before anything is decoded, so a file cannot ask for more memory than that.
  /// - Throws: `PictureError` for another size, a damaged file and another format.
  public static func read(_ path: String, height: Int, width: Int) throws(PictureError) -> Picture {
    let data: Data
    do {
      // Of what is no picture, not more than a large picture of the size would have.
      data = try SafeFile.read(path, atMost: (1 << 16) + 64 * height * width)
    } catch { throw PictureError(path, "cannot be read: \(error.reason)") }
    return try read(data, path: path, height: height, width: width)
  }

  /// Decodes the bytes of a file.
  ///
  /// - Parameter path: the name of the file in errors.
  public static func read(
    _ data: Data, path: String, height: Int, width: Int
  ) throws(PictureError) -> Picture {
    if data.starts(with: [0x89, 0x50, 0x4E, 0x47]) {
      return try png(data, path: path, height: height, width: width)
    }
    if data.starts(with: Array("P5".utf8)) || data.starts(with: Array("P2".utf8)) {
      return try PortableGrayMap(data, path: path).picture(height: height, width: width)
    }
    throw PictureError(
      path,
      data.isEmpty ? "is empty; expected a PNG or PGM file" : "is neither a PNG nor a PGM file")
  }

  static func check(
    _ path: String, _ found: (height: Int, width: Int), height: Int, width: Int
  ) throws(PictureError) {
    guard found == (height, width) else {
      throw PictureError(
        path,
        "has \(found.width) x \(found.height) pixels; the model is for \(width) x \(height): scale it first"
      )
    }
  }

  private static func png(
    _ data: Data, path: String, height: Int, width: Int
  ) throws(PictureError) -> Picture {
    // libpng's simplified interface returns on errors and needs no setjmp, which Swift cannot call. It keeps
    // the addresses of the image and of the file's bytes from the first call to the last.
    let image = UnsafeMutablePointer<png_image>.allocate(capacity: 1)
    image.initialize(to: png_image())
    image.pointee.version = mnist_mpi_png_version
    let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: data.count, alignment: 16)
    bytes.copyBytes(from: data)
    defer {
      png_image_free(image)
      image.deallocate()
      bytes.deallocate()
    }
    func damaged() -> PictureError {
      let message = withUnsafeBytes(of: image.pointee.message) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      return PictureError(path, "is a damaged PNG file (\(message))")
    }
    guard png_image_begin_read_from_memory(image, bytes.baseAddress, bytes.count) != 0 else {
      throw damaged()
    }
    try check(
      path, (Int(image.pointee.height), Int(image.pointee.width)), height: height, width: width)
    image.pointee.format = mnist_mpi_png_rgba
    // A file of 16 bits that says no gamma is like one of 8 bits.
    image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
    var pixels = [UInt8](repeating: 0, count: 4 * height * width)
    let isRead = pixels.withUnsafeMutableBytes {
      png_image_finish_read(image, nil, $0.baseAddress, 0, nil) != 0
    }
    // Bit 1 of the result is an error, bit 0 a warning.
    guard isRead, image.pointee.warning_or_error & 2 == 0 else { throw damaged() }
    return Picture(height: height, width: width, bytes: pixels)
  }
}

/// A grey picture in Netpbm's format PGM, with binary (P5) or decimal (P2) values.
private struct PortableGrayMap {
  private let path: String
  private let isBinary: Bool
  private var rest: ArraySlice<UInt8>

  init(_ data: Data, path: String) {
    self.path = path
    isBinary = data.starts(with: Array("P5".utf8))
    rest = [UInt8](data)[2...]
  }

  /// Decodes the picture.
  func picture(height: Int, width: Int) throws(PictureError) -> Picture {
    var copy = self
    return try copy.decode(height: height, width: width)
  }

  private mutating func decode(height: Int, width: Int) throws(PictureError) -> Picture {
    var header: [Int] = []
    for _ in 0..<3 { header.append(try number()) }
    try PictureFile.check(path, (header[1], header[0]), height: height, width: width)
    let largest = header[2]
    guard (1...65_535).contains(largest) else {
      throw PictureError(
        path, "is a damaged PGM file (largest value \(largest); expected 1 to 65535)")
    }
    // One white space ends the header.
    if isBinary { rest = rest.dropFirst() }
    var bytes: [UInt8] = []
    for _ in 0..<(height * width) {
      let value = isBinary ? try binary(largest > 255 ? 2 : 1) : try number()
      guard value <= largest else {
        throw PictureError(path, "is a damaged PGM file (a value of \(value), above its largest)")
      }
      let grey = UInt8((value * 255 + largest / 2) / largest)
      bytes += [grey, grey, grey, 255]
    }
    return Picture(height: height, width: width, bytes: bytes)
  }

  private mutating func binary(_ size: Int) throws(PictureError) -> Int {
    guard rest.count >= size else { throw PictureError(path, "is a PGM file that ends early") }
    let value = rest.prefix(size).reduce(0) { $0 << 8 | Int($1) }
    rest = rest.dropFirst(size)
    return value
  }

  /// The next decimal number, after white space and comments.
  private mutating func number() throws(PictureError) -> Int {
    while let first = rest.first, Self.isSpace(first) || first == UInt8(ascii: "#") {
      rest =
        Self.isSpace(first) ? rest.dropFirst() : rest.drop { $0 != UInt8(ascii: "\n") }
    }
    let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    rest = rest.dropFirst(digits.count)
    guard digits.count <= 9, let value = Int(String(decoding: digits, as: UTF8.self)) else {
      throw PictureError(
        path, rest.isEmpty ? "is a PGM file that ends early" : "is a damaged PGM file (no number)")
    }
    return value
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }
}
