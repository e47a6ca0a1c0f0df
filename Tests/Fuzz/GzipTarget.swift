internal import CZlib
import Foundation

/// Reads gzip files: those of the input itself, and those that zlib makes of it, whole or damaged.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzGzip(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(start, count)
  let mode = input.byte()
  let place = input.number()
  let content = input.rest
  if mode & 3 == 0 {
    checkPieces(content)
    return 0
  }
  // One member or two, as `cat one.gz two.gz` makes them.
  let middle = mode & 4 == 0 ? content.count : content.count / 2
  var file = compressed(content[..<middle], level: Int32(mode >> 4 % 10))
  if middle < content.count { file += compressed(content[middle...], level: 1) }
  switch mode & 3 {
  case 1:
    require(read(file, piece: 1 + place) == content, "what was compressed is read again")
  case 2:
    // A file that ends where its first member ends is whole, and with a single byte it is no gzip.
    let end = place % file.count
    let result = read(Array(file[..<end]), piece: 4096)
    let isPart = result.map { content.starts(with: $0) } ?? true
    require(end < 2 || isPart, "a file that is cut off is an error, or ends with a member")
    require(result == nil || end < 2 || mode & 4 != 0, "a member that is cut off is an error")
  default:
    let position = 2 + place % (file.count - 2)
    file[position] ^= UInt8(1 << (mode >> 4 & 7))
    let result = read(file, piece: 4096)
    let isPart = result.map { content.starts(with: $0) } ?? true
    require(isPart, "a damaged file is an error, or has its content")
  }
  return 0
}

private let file = MemoryFile()

/// The content of a file, read in pieces of a size; nil if it is refused.
private func read(_ bytes: [UInt8], piece: Int) -> [UInt8]? {
  file.write(bytes)
  do {
    let reader = try GzipReader(path: file.path)
    var content: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: piece)
    while true {
      let count = try buffer.withUnsafeMutableBytes { try reader.read(into: $0) }
      require(count <= piece, "no more bytes than there is space for")
      content += buffer[..<count]
      if count < piece || content.count > 1 << 22 { return content }
    }
  } catch let error as DatasetError {
    requireOneLine(error)
    return nil
  } catch {
    require(false, "an error of the data set, not \(error)")
    return nil
  }
}

/// Reads a file in large and in small pieces; both must give the same.
private func checkPieces(_ bytes: [UInt8]) {
  let once = read(bytes, piece: 1 << 16)
  let often = read(bytes, piece: 61)
  require(once == often, "the same content in large and in small pieces")
  if !bytes.starts(with: [0x1f, 0x8b]) { require(once == bytes, "a plain file is its content") }
}

/// A gzip member.
private func compressed(_ content: ArraySlice<UInt8>, level: Int32) -> [UInt8] {
  var stream = z_stream()
  let made = deflateInit2_(
    &stream, level, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
    Int32(MemoryLayout<z_stream>.size))
  require(made == Z_OK, "zlib can compress")
  var source = Array(content)
  var target = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(source.count))) + 32)
  let size = source.withUnsafeMutableBufferPointer { source in
    target.withUnsafeMutableBufferPointer { target in
      stream.next_in = source.baseAddress
      stream.avail_in = UInt32(source.count)
      stream.next_out = target.baseAddress
      stream.avail_out = UInt32(target.count)
      require(deflate(&stream, Z_FINISH) == Z_STREAM_END, "zlib compresses at once")
      return target.count - Int(stream.avail_out)
    }
  }
  deflateEnd(&stream)
  return Array(target[..<size])
}
