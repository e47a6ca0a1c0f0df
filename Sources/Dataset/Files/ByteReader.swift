/// A sequence of bytes that is read once, from its first byte to its last one.
protocol ByteReader: AnyObject {
  /// The bytes on disk, compressed or not, from which the content comes.
  var storedBytes: Int { get }

  /// Whether the content is compressed on disk.
  var isCompressed: Bool { get }

  /// Reads up to `buffer.count` bytes and returns their number.
  ///
  /// A number below `buffer.count` means that the content ended.
  /// - Throws: `DatasetError` where the source is truncated or damaged.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int

  /// An error about this source.
  func error(_ problem: String) -> DatasetError
}

extension ByteReader {
  /// Reads up to `count` bytes; fewer only where the content ends.
  func read(_ count: Int) throws -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    let length = try bytes.withUnsafeMutableBytes { try read(into: $0) }
    bytes.removeLast(count - length)
    return bytes
  }

  /// Throws where a header promises more bytes than the source can hold.
  ///
  /// Without compression that is decided by the size on disk. Compressed images have at most some tens of
  /// times the size on disk; content of 200 times the size is damaged or made to fill the memory.
  /// - Parameters:
  ///   - promised: bytes of the content after its header.
  ///   - header: bytes of the header.
  ///   - text: how the header says it, such as `60000 x 28 x 28`.
  func checkPromise(of promised: Int, after header: Int, _ text: String) throws {
    if isCompressed {
      guard promised > 1 << 26, promised / 200 > storedBytes else { return }
      throw error(
        "promises \(text) = \(promised) bytes, \(promised / max(storedBytes, 1)) times as many as the "
          + "\(storedBytes) bytes on disk, as no images do; \(DatasetError.fetchAgain)")
    }
    let held = max(0, storedBytes - header)
    if held < promised {
      throw error(
        "holds \(held) bytes after its header, which promises \(text) = \(promised); "
          + DatasetError.fetchAgain)
    }
    if held > promised {
      throw error(
        "goes on after the \(text) = \(promised) bytes that its header promises; "
          + DatasetError.fetchAgain)
    }
  }
}

/// The promised content of a source, read in pieces, with a check that it has exactly the promised length.
final class ExactReader {
  private let reader: any ByteReader
  private let promised: Int
  private let text: String
  private var done = 0

  /// Makes a reader of the `promised` bytes that follow the header, which says them as `text`.
  init(_ reader: any ByteReader, promised: Int, text: String) {
    self.reader = reader
    self.promised = promised
    self.text = text
  }

  /// Fills `buffer`, which is no longer than what is left.
  func fill(_ buffer: UnsafeMutableRawBufferPointer) throws {
    let count = try reader.read(into: buffer)
    done += count
    guard count == buffer.count else {
      throw reader.error(
        "holds \(done) bytes after its header, which promises \(text) = \(promised); "
          + DatasetError.fetchAgain)
    }
  }

  /// Reads what is left, and checks that nothing follows.
  func finish() throws {
    var rest = promised - done
    let buffer = UnsafeMutableRawBufferPointer.allocate(
      byteCount: min(rest, 1 << 20) + 1, alignment: 16)
    defer { buffer.deallocate() }
    while rest > 0 {
      let piece = min(rest, 1 << 20)
      try fill(UnsafeMutableRawBufferPointer(rebasing: buffer[..<piece]))
      rest -= piece
    }
    if try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<1])) > 0 {
      throw reader.error(
        "goes on after the \(text) = \(promised) bytes that its header promises; "
          + DatasetError.fetchAgain)
    }
  }
}
