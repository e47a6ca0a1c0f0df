/// The parts of a file name that says which part of a data set it holds.
///
/// The official names of MNIST are `train-images-idx3-ubyte` and so on. Names that other data sets and
/// archives use differ in a prefix (`emnist-letters-`), in dots (`train-images.idx3-ubyte`), in `test` for
/// `t10k`, in the type (`idx2-int`), in upper case and in the suffix `.gz`.
struct DataFileName: Equatable {
  /// The parts of a data set, in the order in which they are read.
  enum Role: Int, CaseIterable {
    case trainingImages, trainingLabels, testImages, testLabels

    /// Such as `the training images`.
    var text: String {
      ["the training images", "the training labels", "the test images", "the test labels"][rawValue]
    }

    /// The official name of MNIST's file.
    var officialName: String {
      [
        "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte",
        "t10k-labels-idx1-ubyte",
      ][rawValue]
    }
  }

  /// What is common to the files of a set, in lower case without its last separator: `emnist-letters`,
  /// and empty for the official names.
  let set: String
  let role: Role
  /// What one writer uses for all four names: suffix, separators and case.
  let form: String

  /// The parts of `name`; nil for a name of another kind.
  init?(_ name: String) {
    let lower = name.lowercased()
    let isPacked = lower.hasSuffix(".gz")
    let plain = isPacked ? String(lower.dropLast(3)) : lower
    guard
      let match = plain.wholeMatch(
        of:
          /(?:(.*)[-_.])?(train|t10k|test)([-_.])(images|labels)([-_.])idx[1-4]([-_.])(u?byte|short|int)/
      )
    else { return nil }
    set = match.1.map { String($0) } ?? ""
    let isTraining = match.2 == "train"
    role =
      match.4 == "images"
      ? (isTraining ? .trainingImages : .testImages) : (isTraining ? .trainingLabels : .testLabels)
    form = "\(isPacked) \(match.3) \(match.5) \(match.6) \(name == name.uppercased())"
  }
}
