import Dataset
import MessagePassing

/// What is known about a data set before its images are read; the same on all ranks.
struct DataDescription: Codable {
  let trainingCount: Int
  let testCount: Int
  let shape: ImageShape
  let classes: ClassLabels
  let name: String
  let details: String
  let isSynthetic: Bool
  let warnings: [String]

  /// The description of an opened data set.
  init(_ reader: DataReader) {
    trainingCount = reader.count(of: .training)
    testCount = reader.count(of: .test)
    shape = reader.shape
    classes = reader.classes
    name = reader.name
    details = reader.details
    isSynthetic = reader.isSynthetic
    warnings = reader.warnings
  }
}

/// Sizes, normalisation and identity of a data set, the same on all ranks.
public struct DataFacts: Equatable, Sendable {
  public let trainingCount: Int
  public let testCount: Int
  public let shape: ImageShape
  public let classes: ClassLabels
  /// Of each channel.
  public let normalisations: [Normalisation]
  public let name: String
  /// What was found, see ``Dataset/DataReader/details``.
  public let details: String
  public let isSynthetic: Bool
  /// What is unusual about the data, one line each.
  public let warnings: [String]
  /// SHA-256 of the data in use, see ``Dataset/DataReader/finish()``.
  public let sha256: String

  /// The facts of a data set that has been read.
  init(_ description: DataDescription, normalisations: [Normalisation], sha256: String) {
    trainingCount = description.trainingCount
    testCount = description.testCount
    shape = description.shape
    classes = description.classes
    self.normalisations = normalisations
    name = description.name
    details = description.details
    isSynthetic = description.isSynthetic
    warnings = description.warnings
    self.sha256 = sha256
  }
}
