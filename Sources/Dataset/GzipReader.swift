internal import CZlib

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A sequential reader of one file, plain or gzip.
///
/// zlib distinguishes the two by the first bytes of the file; the name of the file does not matter.
final class GzipReader {
  let path: String
  private let file: gzFile

  /// Opens `path`; throws where it does not exist, is not a regular file or cannot be read.
  init(path: String) throws {
    self.path = path
    var status = stat()
    guard stat(path, &status) == 0 else {
      throw DatasetError(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    guard status.st_mode & S_IFMT == S_IFREG else {
      let kind = status.st_mode & S_IFMT == S_IFDIR ? "a directory" : "no regular file"
      throw DatasetError(path: path, problem: "is \(kind); expected an IDX file")
    }
    guard let file = gzopen(path, "rb") else {
      throw DatasetError(path: path, problem: "cannot be read: \(String(cString: strerror(errno)))")
    }
    self.file = file
    gzbuffer(file, 1 << 17)
  }

  deinit { gzclose(file) }

  /// Reads up to `buffer.count` bytes and returns their number.
  ///
  /// A number below `buffer.count` means that the content ended. Throws a `DatasetError` where the
  /// file is truncated or damaged.
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
    if code == Z_BUF_ERROR {
      throw DatasetError(
        path: path, problem: "the gzip file is cut off; fetch it again (jobs/get-mnist.sh)")
    }
    if code != Z_OK && code != Z_STREAM_END {
      let reason = code == Z_ERRNO ? String(cString: strerror(errno)) : text
      throw DatasetError(
        path: path, problem: "damaged (\(reason)); fetch it again (jobs/get-mnist.sh)")
    }
    return filled
  }
}
