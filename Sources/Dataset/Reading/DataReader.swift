import Hashing

/// An opened data set, of which the images are read in order, in pieces of any size.
///
/// Sizes and labels are known and checked when it is opened. The images are read from the first training
/// image to the last test image; then ``finish()`` tells what follows from all of them. So a caller never
/// has to hold all images.
public final class DataReader {
  /// A set within a data set.
  public enum Part: Int, CaseIterable, Sendable {
    case training, test
  }

  /// The name of the data in all outputs: directory or file, or "synthetic".
  public let name: String
  /// What was found, such as `IDX, gzip, emnist-letters, transposed`; empty for synthetic data.
  public let details: String
  public let isSynthetic: Bool
  public let shape: ImageShape
  public let classes: ClassLabels
  /// What is unusual about the data, one line each.
  public let warnings: [String]

  private let images: [any ImageReader]
  private let counts: [Int]
  private let numbers: [[UInt8]]
  private let hash = SHA256()
  private var sums: PixelSums
  private var done = [0, 0]

  /// Checks that images and labels of a training set and a test set match.
  ///
  /// - Parameters:
  ///   - labels: of the training set and of the test set, as many as there are images.
  ///   - limit: use the first `limit` training images only.
  /// - Throws: `DatasetError` that names the file concerned.
  init(
    _ description: Description, images: [any ImageReader], labels: [StoredLabels], limit: Int?
  ) throws {
    precondition(zip(images, labels).allSatisfy { $0.count == $1.values.count }, "a label an image")
    shape = images[0].shape
    guard images[1].shape == shape else {
      throw DatasetError(
        path: images[1].path,
        problem: "its images are \(images[1].shape.sizes), those of the training set "
          + "\(shape.sizes); expected the same size")
    }
    self.images = images
    counts = [min(images[0].count, limit ?? images[0].count), images[1].count]
    var used = labels[0]
    used.values.removeLast(images[0].count - counts[0])
    let classes = try used.classes()
    self.classes = classes
    let among = limit.map { "the first \($0) training images have" } ?? "the training set has"
    numbers = try [used, labels[1]].map { try $0.numbered(by: classes, among: among) }
    (name, details, isSynthetic) = (description.name, description.details, description.isSynthetic)
    warnings =
      images[1].count > images[0].count
      ? [
        "\(name): has more test images (\(images[1].count)) than training images "
          + "(\(images[0].count)); have the two changed places?"
      ] : []
    sums = PixelSums(channels: shape.channels)
  }

  /// What a data set is called.
  struct Description {
    let name: String
    var details = ""
    var isSynthetic = false
  }

  /// Number of samples of a part.
  public func count(of part: Part) -> Int { counts[part.rawValue] }

  /// The class of each sample of a part.
  public func labels(of part: Part) -> [UInt8] { numbers[part.rawValue] }

  /// Fills `buffer` with the next images: first those of the training set, then those of the test set.
  ///
  /// - Parameter buffer: a whole number of images, at most as many as the part has left.
  /// - Throws: `DatasetError`; with the last image of a part also for what follows it in the file.
  public func read(_ part: Part, into buffer: UnsafeMutableRawBufferPointer) throws {
    let (index, count) = (part.rawValue, buffer.count / shape.size)
    precondition(
      buffer.count % shape.size == 0 && done[index] + count <= counts[index],
      "\(buffer.count) bytes are no images, or more than are left of \(counts[index])")
    precondition(part == .training || done[0] == counts[0], "training images are read first")
    if done[index] == 0 {
      let channels = shape.channels == 1 ? [] : [shape.channels]
      hash.update(integers: [counts[index], shape.height, shape.width] + channels)
    }
    try images[index].read(into: buffer)
    hash.update(UnsafeRawBufferPointer(buffer))
    if part == .training { sums.add(UnsafeRawBufferPointer(buffer)) }
    done[index] += count
    guard done[index] == counts[index] else { return }
    try images[index].finish()
    numbers[index].withUnsafeBytes { hash.update($0) }
  }

  /// Reads the test set alone, for a model that is trained already; afterwards the reader is used up.
  public func readTestSet() throws -> LabelledImages {
    precondition(done == [0, 0], "images were read before")
    var bytes = [UInt8](repeating: 0, count: counts[1] * shape.size)
    try bytes.withUnsafeMutableBytes { try images[1].read(into: $0) }
    try images[1].finish()
    return LabelledImages(shape: shape, images: bytes, labels: numbers[1])
  }

  /// Returns the normalisation and the hash; called once, when all images are read.
  ///
  /// The hash is the SHA-256 of the data in use. Its bytes are, for the training set and then the test
  /// set: count, height, width and, unless they are 1, channels, as eight little-endian bytes each; the
  /// images; the classes, a byte each.
  /// - Throws: `DatasetError` where all pixels are equal.
  public func finish() throws -> (normalisations: [Normalisation], sha256: String) {
    precondition(done == counts, "\(done) of \(counts) images are read")
    guard let normalisations = sums.normalisations else {
      throw DatasetError(
        path: name, problem: "all training pixels have the same value: nothing can be learned")
    }
    return (normalisations, hash.finish())
  }
}

extension ImageShape {
  /// Such as `28 x 28`.
  fileprivate var sizes: String { "\(height) x \(width)" + (channels == 1 ? "" : " x \(channels)") }
}
