#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The list of files in a zip archive (APPNOTE.TXT 6.3, sections 4.3 and 4.5).
///
/// What NumPy writes is read: files stored or deflated, in one archive, with 64-bit sizes where needed.
final class ZipArchive {
  /// A file in the archive.
  struct Member: Equatable {
    let name: String
    /// 0 is stored, 8 is deflated.
    let method: Int
    let isEncrypted: Bool
    let crc32: UInt32
    /// Bytes in the archive.
    let storedSize: Int
    /// Bytes of the content.
    let size: Int
    /// Where the member's own header begins in the archive.
    let offset: Int
  }

  let path: String
  private(set) var members: [Member] = []
  private let descriptor: Int32
  private let size: Int

  /// Opens `path` and reads the list at its end.
  ///
  /// - Throws: `DatasetError` where the archive is damaged or cut off.
  init(path: String) throws {
    self.path = path
    size = try FileStatus(path).size
    descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
      throw DatasetError(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    try readList()
  }

  deinit { close(descriptor) }

  /// The member called `name`.
  func member(_ name: String) -> Member? { members.first { $0.name == name } }

  /// Reads up to `buffer.count` bytes of the archive from `offset` and returns their number.
  func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var done = 0
    while done < buffer.count {
      let count = pread(
        descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done,
        off_t(offset + done))
      if count < 0 && errno == EINTR { continue }
      guard count >= 0 else {
        throw DatasetError(
          path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
      }
      if count == 0 { break }
      done += count
    }
    return done
  }

  /// The offset of a member's content, which follows the member's own header.
  func contentOffset(of member: Member) throws -> Int {
    let header = try fields(at: member.offset, 30)
    guard header.mark == 0x0403_4b50 else {
      throw damaged("\(member.name) is not where its list says")
    }
    let start = member.offset + 30 + header.integer(26, 2) + header.integer(28, 2)
    guard start + member.storedSize <= size else { throw damaged("\(member.name) is cut off") }
    return start
  }

  private func damaged(_ what: String) -> DatasetError {
    DatasetError(path: path, problem: "damaged zip archive: \(what); \(DatasetError.fetchAgain)")
  }

  private func fields(at offset: Int, _ count: Int) throws -> ZipFields {
    guard offset >= 0, count <= size, offset <= size - count else { throw damaged("it is cut off") }
    var bytes = [UInt8](repeating: 0, count: count)
    let length = try bytes.withUnsafeMutableBytes { try read(at: offset, into: $0) }
    guard length == count else { throw damaged("it is cut off") }
    return ZipFields(bytes: bytes)
  }

  private func readList() throws {
    // The end record has 22 bytes and a comment of at most 65,535.
    let tailStart = max(0, size - 22 - 65_535)
    let tail = try fields(at: tailStart, size - tailStart)
    guard let end = tail.lastIndex(of: 0x0605_4b50, length: 22) else {
      throw damaged("the list of its files is missing, so it is cut off")
    }
    var (count, listSize) = (tail.integer(end + 10, 2), tail.integer(end + 12, 4))
    var offset = tail.integer(end + 16, 4)
    if end >= 20, tail.integer(end - 20, 4) == 0x0706_4b50 {
      let record = try fields(at: tail.integer(end - 12, 8), 56)
      guard record.mark == 0x0606_4b50 else { throw damaged("the list of its files is damaged") }
      (count, listSize, offset) = (
        record.integer(32, 8), record.integer(40, 8), record.integer(48, 8)
      )
    }
    guard listSize <= 1 << 20 else {
      throw damaged("its list of files has \(listSize) bytes; expected some arrays of NumPy")
    }
    let list = try fields(at: offset, listSize)
    var position = 0
    for _ in 0..<max(0, min(count, listSize / 46)) {
      guard let member = list.member(at: &position) else {
        throw damaged("the list of its files is damaged")
      }
      members.append(member)
    }
    guard members.count == count else { throw damaged("the list of its files is damaged") }
  }
}

/// Bytes of a zip archive with little-endian numbers in them.
private struct ZipFields {
  let bytes: [UInt8]

  /// The number that starts a record and says its kind.
  var mark: Int { integer(0, 4) }

  /// The number of `size` bytes at `offset`; at most 2^62, which is beyond every file.
  func integer(_ offset: Int, _ size: Int) -> Int {
    let value = bytes[offset..<(offset + size)].reversed().reduce(UInt64(0)) {
      $0 << 8 | UInt64($1)
    }
    return Int(min(value, 1 << 62))
  }

  /// The last place at which a record with this mark and at least this length begins.
  func lastIndex(of mark: Int, length: Int) -> Int? {
    guard bytes.count >= length else { return nil }
    return (0...(bytes.count - length)).last { bytes[$0] == 0x50 && integer($0, 4) == mark }
  }

  /// The member that an entry of the list describes; moves `position` to the next entry.
  func member(at position: inout Int) -> ZipArchive.Member? {
    let start = position
    guard start + 46 <= bytes.count, integer(start, 4) == 0x0201_4b50 else { return nil }
    let (nameLength, extraLength) = (integer(start + 28, 2), integer(start + 30, 2))
    let extra = start + 46 + nameLength
    position = extra + extraLength + integer(start + 32, 2)
    guard position <= bytes.count else { return nil }
    var sizes = [integer(start + 24, 4), integer(start + 20, 4), integer(start + 42, 4)]
    guard replaceBy64Bits(&sizes, in: extra..<(extra + extraLength)) else { return nil }
    return ZipArchive.Member(
      name: String(decoding: bytes[(start + 46)..<extra], as: UTF8.self),
      method: integer(start + 10, 2),
      isEncrypted: bytes[start + 8] & 1 != 0,
      crc32: UInt32(truncatingIfNeeded: integer(start + 16, 4)), storedSize: sizes[1],
      size: sizes[0],
      offset: sizes[2])
  }

  /// Takes the numbers that do not fit into 32 bits from the extra field 1; false if that is damaged.
  private func replaceBy64Bits(_ sizes: inout [Int], in extra: Range<Int>) -> Bool {
    let missing = sizes.indices.filter { sizes[$0] == 0xFFFF_FFFF }
    guard !missing.isEmpty else { return true }
    var field = extra.lowerBound
    while field + 4 <= extra.upperBound {
      let end = field + 4 + integer(field + 2, 2)
      guard end <= extra.upperBound else { return false }
      if integer(field, 2) == 1 {
        guard field + 4 + 8 * missing.count <= end else { return false }
        for (place, index) in missing.enumerated() {
          sizes[index] = integer(field + 4 + 8 * place, 8)
        }
        return true
      }
      field = end
    }
    return false
  }
}
