/// Labelled images as bytes, with the normalisation that the network's inputs get.
///
/// The input for a byte of channel `c` is `(byte / 255 - means[c]) / deviations[c]`. The buffers are
/// borrowed: the caller keeps them alive and unchanged while an engine uses them.
public struct Samples {
  /// `[count, height, width, channels]`.
  public let images: UnsafeBufferPointer<UInt8>
  /// `[count]`.
  public let labels: UnsafeBufferPointer<UInt8>
  public let height: Int
  public let width: Int
  /// For each channel the mean of `byte / 255`.
  public let means: [Double]
  /// For each channel the standard deviation of `byte / 255`.
  public let deviations: [Double]

  /// The largest number of channels.
  public static let mostChannels = 4

  /// Samples of `labels.count` images with one channel for each of `means`; borrows both buffers.
  public init(
    images: UnsafeBufferPointer<UInt8>, labels: UnsafeBufferPointer<UInt8>, height: Int, width: Int,
    means: [Double], deviations: [Double]
  ) {
    precondition(
      (1...Self.mostChannels).contains(means.count) && deviations.count == means.count,
      "\(means.count) means and \(deviations.count) deviations")
    precondition(
      images.count == labels.count * height * width * means.count,
      "\(images.count) image bytes for \(labels.count) labels of \(height) x \(width) x "
        + "\(means.count)")
    precondition(deviations.allSatisfy { $0 > 0 }, "deviations \(deviations)")
    self.images = images
    self.labels = labels
    self.height = height
    self.width = width
    self.means = means
    self.deviations = deviations
  }

  /// Number of images.
  public var count: Int { labels.count }
  /// Number of channels, 1 to `mostChannels`.
  public var channels: Int { means.count }
  /// Shape of an image.
  public var shape: Shape { Shape(height: height, width: width, channels: channels) }
}

extension Samples {
  /// Stops the program if `model` is for images of another shape; engines call it in `attach`.
  package func check(for model: Model) {
    precondition(shape == model.input, "samples of \(shape) for a model of \(model.input)")
  }

  /// The constants of a channel's normalisation in single precision: `byte * scale + shift`.
  package func normalisation(ofChannel channel: Int) -> (scale: Float, shift: Float) {
    (
      Float(1 / (255 * deviations[channel])), Float(-means[channel] / deviations[channel])
    )
  }
}
