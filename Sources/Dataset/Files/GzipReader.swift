internal import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A sequential reader of one file, plain or gzip.
///
/// zlib distinguishes the two by the first bytes of the file; the name of the file does not matter.
final class GzipReader: ByteReader {
  let path: String
  let storedBytes: Int
  private let file: gzFile

  /// Opens `path`; throws where it does not exist, is not a regular file or cannot be read.
  init(path: String) throws {
    self.path = path
    let status = try FileStatus(path)
    guard status.isRegular else {
      let kind = status.isDirectory ? "a directory" : "no regular file"
      throw DatasetError(path: path, problem: "is \(kind); expected an IDX file")
    }
    storedBytes = status.size
    guard let file = gzopen(path, "rb") else {
      throw DatasetError(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    self.file = file
    gzbuffer(file, UInt32(min(1 << 17, max(1 << 13, storedBytes))))
  }

  deinit { gzclose(file) }

  /// Whether the file is a gzip file; reads its first bytes.
  var isCompressed: Bool { gzdirect(file) == 0 }

  func error(_ problem: String) -> DatasetError { DatasetError(path: path, problem: problem) }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    var filled = 0
    while filled < buffer.count {
      let wanted = UInt32(min(buffer.count - filled, 1 << 24))
      let count = gzread(file, buffer.baseAddress?.advanced(by: filled), wanted)
      if count <= 0 { break }
      filled += Int(count)
    }
    var code: Int32 = Z_OK
    let text = gzerror(file, &code).map { String(cString: $0) } ?? "unknown"
    if code == Z_BUF_ERROR { throw error("the gzip file is cut off; \(DatasetError.fetchAgain)") }
    if code != Z_OK && code != Z_STREAM_END {
      let reason = code == Z_ERRNO ? String(cString: strerror(errno)) : text
      throw error("damaged (\(reason)); \(DatasetError.fetchAgain)")
    }
    return filled
  }
}

extension GzipReader {
  /// Whether two paths are a file and its gzip form `.gz`, with the same content.
  ///
  /// The length and the CRC at the end of the gzip file are compared, so it need not be unpacked.
  static func areForms(_ paths: [String]) -> Bool {
    guard let plain = paths.min(by: { $0.utf8.count < $1.utf8.count }), paths.count == 2,
      paths.contains(where: { $0.lowercased() == plain.lowercased() + ".gz" }),
      let packed = paths.first(where: { $0 != plain }), let trailer = try? trailer(of: packed),
      let reader = try? GzipReader(path: plain)
    else { return false }
    var (crc, length): (UInt, Int) = (0, 0)
    while let piece = try? reader.read(1 << 20), !piece.isEmpty {
      crc = crc32(crc, piece, UInt32(piece.count))
      length += piece.count
    }
    return [UInt32(truncatingIfNeeded: crc), UInt32(truncatingIfNeeded: length)] == trailer
  }

  /// The CRC and the length, modulo 2^32, of the content of a gzip file with one member (RFC 1952).
  private static func trailer(of path: String) throws -> [UInt32] {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    defer { if descriptor >= 0 { close(descriptor) } }
    var words: [UInt32] = [0, 0]
    let offset = off_t(try FileStatus(path).size - 8)
    let count = words.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, 8, offset) }
    return count == 8 ? words.map { UInt32(littleEndian: $0) } : []
  }
}

/// What the file system says about a path, links followed.
struct FileStatus {
  let isRegular: Bool
  let isDirectory: Bool
  /// Bytes.
  let size: Int
  /// Device and file number: equal for two names of one file.
  let identity: [UInt]

  /// Throws a `DatasetError` where there is nothing at `path`, or where it cannot be reached.
  init(_ path: String) throws {
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw DatasetError(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    isRegular = status.st_mode & S_IFMT == S_IFREG
    isDirectory = status.st_mode & S_IFMT == S_IFDIR
    size = Int(status.st_size)
    identity = [UInt(status.st_dev), UInt(status.st_ino)]
  }
}
