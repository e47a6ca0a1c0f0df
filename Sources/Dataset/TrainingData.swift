import Hashing

/// A training set and a matching test set, with the values derived from them.
public struct TrainingData: Sendable {
  public var training: LabelledImages
  public var test: LabelledImages
  /// Number of classes: one more than the largest training label, at most 256.
  public let classes: Int
  public let normalisation: Normalisation
  /// The name of the data in all outputs: the directory, or "synthetic".
  public let name: String
  public let isSynthetic: Bool

  /// Checks that two sets match and computes the number of classes and the normalisation.
  ///
  /// - Parameter limit: use the first `limit` training images only.
  /// - Throws: `DatasetError` with `name` or the file concerned as its path.
  init(
    training: LabelledImages, test: LabelledImages, limit: Int?, name: String, isSynthetic: Bool,
    testImagesPath: String, testLabelsPath: String
  ) throws {
    guard (test.height, test.width) == (training.height, training.width) else {
      throw DatasetError(
        path: testImagesPath,
        problem: "its images are \(test.height) x \(test.width), those of the training set "
          + "\(training.height) x \(training.width); expected the same size")
    }
    var training = training
    if let limit { training.keepFirst(limit) }
    var known = [Bool](repeating: false, count: 256)
    for label in training.labels { known[Int(label)] = true }
    if let unknown = test.labels.firstIndex(where: { !known[Int($0)] }) {
      let among = limit.map { "the first \($0) training images have" } ?? "the training set has"
      throw DatasetError(
        path: testLabelsPath,
        problem: "label \(test.labels[unknown]) (sample \(unknown)) is one that \(among) no "
          + "example of; expected only labels that occur in training")
    }
    guard let normalisation = Normalisation(of: training.images) else {
      throw DatasetError(
        path: name, problem: "all training pixels have the same value: nothing can be learned")
    }
    self.training = training
    self.test = test
    self.normalisation = normalisation
    self.name = name
    self.isSynthetic = isSynthetic
    classes = (training.labels.max().map(Int.init) ?? 0) + 1
  }

  /// Returns the SHA-256 of the data in use.
  ///
  /// The hashed bytes are, for the training set and then the test set: count, height and width as
  /// eight little-endian bytes each, the image bytes, the label bytes.
  public func sha256() -> String {
    let hash = SHA256()
    for part in [training, test] {
      hash.update(integers: [part.count, part.height, part.width])
      part.images.withUnsafeBytes { hash.update($0) }
      part.labels.withUnsafeBytes { hash.update($0) }
    }
    return hash.finish()
  }
}
