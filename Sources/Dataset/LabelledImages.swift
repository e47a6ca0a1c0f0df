/// Images of one size with one label each, all as bytes.
///
/// `images` has the shape `[count, height, width]`, `labels` has the shape `[count]`.
public struct LabelledImages: Equatable, Sendable {
  public private(set) var count: Int
  public let height: Int
  public let width: Int
  public private(set) var images: [UInt8]
  public private(set) var labels: [UInt8]

  /// Makes a set of images and labels, which must have the same count (precondition).
  public init(height: Int, width: Int, images: [UInt8], labels: [UInt8]) {
    precondition(
      images.count == labels.count * height * width,
      "\(images.count) image bytes for \(labels.count) labels of \(height) x \(width)")
    count = labels.count
    self.height = height
    self.width = width
    self.images = images
    self.labels = labels
  }

  /// Number of bytes of one image.
  public var imageSize: Int { height * width }

  /// Keeps the first `limit` samples only.
  public mutating func keepFirst(_ limit: Int) {
    precondition(limit > 0, "limit \(limit)")
    guard limit < count else { return }
    images.removeLast((count - limit) * imageSize)
    labels.removeLast(count - limit)
    count = limit
  }

  /// Reads an IDX file of images and one of labels, and checks that their counts are equal.
  ///
  /// - Throws: `DatasetError` that names the file concerned.
  init(imagesPath: String, labelsPath: String) throws {
    let images = try IDXFile(path: imagesPath, kind: "images", dimensionCount: 3)
    let labels = try IDXFile(path: labelsPath, kind: "labels", dimensionCount: 1)
    guard images.dimensions.allSatisfy({ $0 > 0 }) else {
      throw DatasetError(
        path: imagesPath,
        problem: "holds no images (\(images.dimensions[0]) of \(images.dimensions[1]) x "
          + "\(images.dimensions[2])); expected at least one")
    }
    guard labels.dimensions[0] == images.dimensions[0] else {
      throw DatasetError(
        path: labelsPath,
        problem: "holds \(labels.dimensions[0]) labels for the \(images.dimensions[0]) images of "
          + "\(imagesPath); expected as many")
    }
    self.init(
      height: images.dimensions[1], width: images.dimensions[2], images: images.bytes,
      labels: labels.bytes)
  }
}
