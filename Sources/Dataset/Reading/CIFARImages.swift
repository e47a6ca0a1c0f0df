/// The images of CIFAR-10's binary version, in one file or several.
///
/// A sample has 3,073 bytes: its label, then its red, green and blue planes of 32 x 32 bytes (Krizhevsky 2009,
/// the page of the data set). The planes are read as channels of pixels.
final class CIFARImages: ImageReader {
  let count: Int
  let shape = ImageShape(height: 32, width: 32, channels: 3)
  /// The labels of all images.
  let labels: StoredLabels
  private let paths: [String]
  private var reader: GzipReader
  private var file = 0

  private static let plane = 32 * 32
  /// Bytes of a sample.
  private static let row = 1 + 3 * plane

  var path: String { paths[file] }

  /// Reads the labels of the files, which are at least one, and opens the first one again for its images.
  init(paths: [String]) throws {
    self.paths = paths
    var values: [Int] = []
    for path in paths { values += try Self.readLabels(path) }
    labels = StoredLabels(path: paths[0], values: values)
    count = values.count
    reader = try GzipReader(path: paths[0])
  }

  private static func readLabels(_ path: String) throws -> [Int] {
    let reader = try GzipReader(path: path)
    var (values, length): ([Int], Int) = ([], 0)
    while true {
      let piece = try reader.read(256 * row)
      length += piece.count
      values += stride(from: 0, to: piece.count, by: row).lazy.map { Int(piece[$0]) }
      if length == piece.count, length % row != 0 || length == 0,
        let complaint = FileKind.complaint(
          about: piece, path: path, isCompressed: reader.isCompressed)
      {
        throw reader.error(complaint)
      }
      if piece.count < 256 * row { break }
    }
    guard length > 0, length % row == 0 else {
      throw reader.error(
        "holds \(length) bytes, which are no whole samples of \(row) bytes; \(DatasetError.fetchAgain)"
      )
    }
    return values
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    guard var target = buffer.baseAddress else { return }
    let row = UnsafeMutableRawBufferPointer.allocate(byteCount: Self.row, alignment: 16)
    defer { row.deallocate() }
    for _ in 0..<(buffer.count / shape.size) {
      var length = try reader.read(into: row)
      if length == 0, file + 1 < paths.count {
        file += 1
        reader = try GzipReader(path: path)
        length = try reader.read(into: row)
      }
      guard length == Self.row else { throw reader.error("has changed while it was read") }
      for pixel in 0..<Self.plane {
        for channel in 0..<3 {
          target.storeBytes(
            of: row[1 + channel * Self.plane + pixel], toByteOffset: 3 * pixel + channel,
            as: UInt8.self)
        }
      }
      target += shape.size
    }
  }

  /// Nothing is left to check: all files were read to their ends for the labels.
  func finish() {}
}
