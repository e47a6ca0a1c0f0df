import CounterRandom

/// The random shifts of the training images in one epoch, as a function of (seed, epoch, sample).
///
/// They do not depend on the rank count. Rows and columns of sample `i` are draws `2 i` and `2 i + 1` of the
/// stream `shift/epoch/E`, each from `-most` to `most`.
public struct ImageShift: Sendable {
  private let stream: RandomStream
  private let most: Int

  /// The shifts of epoch `epoch` (from 1) by up to `most` pixels.
  public init(seed: UInt64, epoch: Int, most: Int) {
    precondition(most > 0, "shifts of up to \(most) pixels")
    stream = RandomStream(seed: seed, name: "shift/epoch/\(epoch)")
    self.most = most
  }

  /// The rows by which a sample is moved down, and the columns by which it is moved right.
  ///
  /// - Parameter sample: the number of the sample in the data set.
  public func offset(of sample: Int) -> (rows: Int, columns: Int) {
    (
      stream.integer(2 * sample, below: 2 * most + 1) - most,
      stream.integer(2 * sample + 1, below: 2 * most + 1) - most
    )
  }

  /// Copies an image and moves it; pixels that come from outside are 0.
  ///
  /// - Parameters:
  ///   - image: one image, `[height, width, channels]`.
  ///   - target: as large as `image`; the two do not overlap.
  public static func move(
    _ image: UnsafeBufferPointer<UInt8>, of shape: ImageShape,
    by offset: (rows: Int, columns: Int), into target: UnsafeMutableBufferPointer<UInt8>
  ) {
    precondition(
      image.count == shape.size && target.count == shape.size,
      "\(image.count) and \(target.count) bytes for an image of \(shape)")
    target.update(repeating: 0)
    let line = shape.width * shape.channels
    // A shift may be larger than the image: then nothing of it is left.
    let skipped = min(abs(offset.columns) * shape.channels, line)
    guard let from = image.baseAddress, let to = target.baseAddress else { return }
    for row in 0..<shape.height where (0..<shape.height).contains(row - offset.rows) {
      (to + row * line + (offset.columns > 0 ? skipped : 0)).update(
        from: from + (row - offset.rows) * line + (offset.columns < 0 ? skipped : 0),
        count: line - skipped)
    }
  }
}
