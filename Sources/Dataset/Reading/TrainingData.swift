/// A whole data set in memory, for programs that do not scatter it.
public struct TrainingData: Sendable {
  public let training: LabelledImages
  public let test: LabelledImages
  public let classes: ClassLabels
  /// Of each channel.
  public let normalisations: [Normalisation]
  /// SHA-256 of the data in use, see ``DataReader/finish()``.
  public let sha256: String

  /// Reads all of `reader`.
  public init(_ reader: DataReader) throws {
    let parts = try DataReader.Part.allCases.map { part in
      var images = [UInt8](repeating: 0, count: reader.count(of: part) * reader.shape.size)
      try images.withUnsafeMutableBytes { try reader.read(part, into: $0) }
      return LabelledImages(shape: reader.shape, images: images, labels: reader.labels(of: part))
    }
    (training, test) = (parts[0], parts[1])
    classes = reader.classes
    (normalisations, sha256) = try reader.finish()
  }
}

/// Images of one size with one class each, all as bytes.
///
/// `images` has the shape `[count, height, width, channels]`, `labels` has the shape `[count]`.
public struct LabelledImages: Equatable, Sendable {
  public let shape: ImageShape
  public let images: [UInt8]
  public let labels: [UInt8]

  /// Makes a set of images and labels, which must have the same count (precondition).
  public init(shape: ImageShape, images: [UInt8], labels: [UInt8]) {
    precondition(
      images.count == labels.count * shape.size,
      "\(images.count) image bytes for \(labels.count) labels of \(shape)")
    self.shape = shape
    self.images = images
    self.labels = labels
  }

  /// Number of samples.
  public var count: Int { labels.count }
}
