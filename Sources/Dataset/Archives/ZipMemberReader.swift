internal import CZlib

/// A sequential reader of one file in a zip archive, with a check of its CRC at its end.
final class ZipMemberReader: ByteReader {
  private let archive: ZipArchive
  private let member: ZipArchive.Member
  /// What errors call the member.
  private let title: String
  /// The offset in the archive of the next byte to read.
  private var offset: Int
  private var storedLeft: Int
  private var left: Int
  private var crc: UInt = 0
  private var stream: UnsafeMutablePointer<z_stream>?
  private var input = [UInt8](repeating: 0, count: 1 << 17)
  private var unread = 0..<0

  /// Opens a member.
  ///
  /// - Throws: `DatasetError` for encrypted content and for compression that is not deflate.
  init(_ member: ZipArchive.Member, of archive: ZipArchive, title: String) throws {
    self.archive = archive
    self.member = member
    self.title = title
    offset = try archive.contentOffset(of: member)
    storedLeft = member.storedSize
    left = member.size
    guard !member.isEncrypted else { throw error("is encrypted; save it without a password") }
    switch member.method {
    case 0:
      guard member.size == member.storedSize else { throw damaged("sizes differ") }
    case 8:
      let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
      stream.initialize(to: z_stream())
      // Negative: deflate without the header of zlib, with a window of up to 2^15 bytes.
      let code = inflateInit2_(stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
      guard code == Z_OK else {
        stream.deallocate()
        throw error("cannot be unpacked: zlib reports \(code)")
      }
      self.stream = stream
    default:
      throw error(
        "is compressed by method \(member.method) of zip; expected numpy.savez or savez_compressed")
    }
  }

  deinit {
    guard let stream else { return }
    inflateEnd(stream)
    stream.deallocate()
  }

  var storedBytes: Int { member.storedSize }
  var isCompressed: Bool { member.method != 0 }

  func error(_ problem: String) -> DatasetError {
    DatasetError(path: archive.path, problem: "\(title) \(problem)")
  }

  private func damaged(_ reason: String) -> DatasetError {
    error("is damaged (\(reason)); \(DatasetError.fetchAgain)")
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let wanted = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(left, buffer.count)])
    guard wanted.count > 0 else { return 0 }
    let count = try stream.map { try inflate($0, into: wanted) } ?? copy(into: wanted)
    guard count == wanted.count else { throw damaged("it ends early") }
    var rest = UnsafeRawBufferPointer(wanted)
    while rest.count > 0 {
      let length = min(rest.count, 1 << 30)
      crc = crc32(crc, rest.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(length))
      rest = UnsafeRawBufferPointer(rebasing: rest[length...])
    }
    left -= count
    if left == 0 && crc != UInt(member.crc32) { throw damaged("its CRC differs") }
    return count
  }

  private func copy(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    let count = try archive.read(at: offset, into: buffer)
    offset += count
    return count
  }

  private func inflate(
    _ stream: UnsafeMutablePointer<z_stream>, into buffer: UnsafeMutableRawBufferPointer
  ) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      if unread.isEmpty {
        let wanted = min(storedLeft, input.count)
        let count = try input.withUnsafeMutableBytes {
          try archive.read(at: offset, into: UnsafeMutableRawBufferPointer(rebasing: $0[..<wanted]))
        }
        guard count > 0 else { break }
        (offset, storedLeft, unread) = (offset + count, storedLeft - count, 0..<count)
      }
      let space = min(buffer.count - filled, 1 << 30)
      let code = input.withUnsafeMutableBufferPointer { input in
        stream.pointee.next_in = input.baseAddress?.advanced(by: unread.lowerBound)
        stream.pointee.avail_in = UInt32(unread.count)
        stream.pointee.next_out = buffer.baseAddress?.advanced(by: filled).assumingMemoryBound(
          to: UInt8.self)
        stream.pointee.avail_out = UInt32(space)
        return CZlib.inflate(stream, Z_NO_FLUSH)
      }
      unread = (unread.upperBound - Int(stream.pointee.avail_in))..<unread.upperBound
      filled += space - Int(stream.pointee.avail_out)
      if code == Z_STREAM_END { break }
      guard code == Z_OK || code == Z_BUF_ERROR else {
        throw damaged(stream.pointee.msg.map { String(cString: $0) } ?? "zlib reports \(code)")
      }
    }
    return filled
  }
}
