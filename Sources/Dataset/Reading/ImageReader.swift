/// The images of a training or test set, read from the first to the last.
protocol ImageReader: AnyObject {
  /// Number of images in all.
  var count: Int { get }
  var shape: ImageShape { get }
  /// The file, for errors.
  var path: String { get }

  /// Fills `buffer` with the next images.
  ///
  /// - Parameter buffer: a whole number of images, no more than are left.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws

  /// Reads what is left, and checks that the source ends where it should.
  func finish() throws
}

/// Images of bytes that a file holds one after the other, channels fastest.
final class StoredImages: ImageReader {
  let count: Int
  let shape: ImageShape
  let path: String
  private let content: ExactReader
  private let transposition: Transposition.Pass?

  /// Makes a reader of the images that follow a header.
  ///
  /// - Parameters:
  ///   - reader: the file, read up to the end of its header.
  ///   - dimensions: count, height, width and, where there are four, channels.
  ///   - text: how the header says the dimensions.
  ///   - isTransposed: whether the images are stored by columns, so that they are to be turned.
  /// - Throws: `DatasetError` for no images and for too many channels.
  init(
    _ reader: any ByteReader, path: String, dimensions: [Int], text: String, isTransposed: Bool
  ) throws {
    guard dimensions.allSatisfy({ $0 > 0 }) else {
      let size = dimensions.dropFirst().map { String($0) }.joined(separator: " x ")
      throw reader.error("holds no images (\(dimensions[0]) of \(size)); expected at least one")
    }
    var shape = ImageShape(
      height: dimensions[1], width: dimensions[2],
      channels: dimensions.count > 3 ? dimensions[3] : 1)
    guard ImageShape.allowedChannels.contains(shape.channels) else {
      throw reader.error(
        "holds images of \(shape.channels) channels (\(text)); expected 1 to "
          + "\(ImageShape.allowedChannels.upperBound), as the last dimension")
    }
    transposition = isTransposed ? Transposition.Pass(of: shape) : nil
    if isTransposed { swap(&shape.height, &shape.width) }
    self.shape = shape
    self.path = path
    count = dimensions[0]
    content = ExactReader(reader, promised: dimensions.reduce(1, *), text: text)
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws {
    try content.fill(buffer)
    transposition?.apply(to: buffer)
  }

  func finish() throws { try content.finish() }
}
