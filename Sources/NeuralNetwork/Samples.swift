/// Labelled images as bytes, with the normalisation that the network's inputs get.
///
/// The buffers are borrowed: the caller keeps them alive and unchanged while an engine uses them.
public struct Samples {
  /// `[count, height, width]`.
  public let images: UnsafeBufferPointer<UInt8>
  /// `[count]`.
  public let labels: UnsafeBufferPointer<UInt8>
  public let height: Int
  public let width: Int
  /// Mean of `byte / 255`, subtracted from each pixel.
  public let mean: Double
  /// Standard deviation of `byte / 255`, by which each pixel is divided.
  public let deviation: Double

  /// Samples of `labels.count` images of `height` x `width` bytes; borrows both buffers.
  public init(
    images: UnsafeBufferPointer<UInt8>, labels: UnsafeBufferPointer<UInt8>, height: Int, width: Int,
    mean: Double, deviation: Double
  ) {
    precondition(
      images.count == labels.count * height * width,
      "\(images.count) image bytes for \(labels.count) labels of \(height) x \(width)")
    precondition(deviation > 0, "deviation \(deviation)")
    self.images = images
    self.labels = labels
    self.height = height
    self.width = width
    self.mean = mean
    self.deviation = deviation
  }

  /// Number of images.
  public var count: Int { labels.count }
}
