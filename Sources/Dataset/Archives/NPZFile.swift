import SystemSupport

/// A data set in an `.npz` file: a zip archive with one NumPy array a file.
struct NPZFile {
  /// Names of the four arrays: training images and labels, test images and labels.
  private static let schemes = [
    // Keras's mnist.npz.
    ["x_train", "y_train", "x_test", "y_test"],
    // MedMNIST (Yang et al. 2023, doi:10.1038/s41597-022-01721-8).
    ["train_images", "train_labels", "test_images", "test_labels"],
  ]

  private let archive: ZipArchive
  /// The names of the four arrays in this file.
  private let names: [String]

  /// Whether the first bytes of a file are those of a zip archive.
  static func isZip(_ prefix: some Collection<UInt8>) -> Bool {
    ["PK\u{3}\u{4}", "PK\u{5}\u{6}"].contains { prefix.starts(with: $0.utf8) }
  }

  /// Opens `path` and finds its arrays.
  init(path: String) throws {
    archive = try ZipArchive(path: path)
    let arrays = archive.members.map(\.name)
    let complete = Self.schemes.filter { $0.allSatisfy { arrays.contains("\($0).npy") } }
    guard let names = complete.first else {
      throw Self.complaint(about: arrays, path: path)
    }
    guard complete.count == 1 else {
      throw DatasetError(
        path: path, problem: "has both x_train and train_images, two data sets; expected one")
    }
    self.names = names
  }

  /// Images of a set that the file has besides training and test images, and that are not used.
  var hasValidationSet: Bool {
    names[0] == "train_images" && archive.member("val_images.npy") != nil
  }

  /// The images of the training set (0) or of the test set (1).
  func images(of set: Int, isTransposed: Bool) throws -> StoredImages {
    let (reader, header) = try open(names[2 * set])
    guard (3...4).contains(header.dimensions.count) else {
      throw reader.error(
        "has the shape (\(header.text)); expected images, rows, columns and perhaps channels")
    }
    return try StoredImages(
      reader, path: archive.path, dimensions: header.dimensions, text: header.text,
      isTransposed: isTransposed)
  }

  /// The labels of the training set (0) or of the test set (1), of which there must be `count`.
  func labels(of set: Int, count: Int) throws -> StoredLabels {
    let name = names[2 * set + 1]
    let (reader, header) = try open(name)
    guard
      header.dimensions == [header.dimensions.first ?? 0] || header.dimensions.dropFirst() == [1]
    else {
      throw reader.error(
        "has the shape (\(header.text)); expected one label an image: (n) or (n, 1)")
    }
    guard header.dimensions[0] == count else {
      throw reader.error(
        "has \(header.dimensions[0]) labels for the \(count) images of \(names[2 * set]); expected as many"
      )
    }
    return try StoredLabels(
      reader, path: "\(archive.path): \(name)", dimensions: header.dimensions, element: .uint8,
      text: header.text)
  }

  private func open(_ name: String) throws -> (ZipMemberReader, NPYHeader) {
    guard let member = archive.member("\(name).npy") else {
      throw DatasetError(path: archive.path, problem: "holds no array \(name)")
    }
    let reader = try ZipMemberReader(member, of: archive, title: name)
    return (reader, try NPYHeader(of: reader, size: member.size))
  }

  private static func complaint(about members: [String], path: String) -> DatasetError {
    let expected =
      "expected x_train, y_train, x_test and y_test, or train_images, train_labels, "
      + "test_images and test_labels"
    guard members.contains(where: { $0.hasSuffix(".npy") }) else {
      return DatasetError(
        path: path,
        problem:
          "is a zip archive without NumPy arrays; unpack it first: unzip \(ShellWord.quoted(path))")
    }
    let names = members.prefix(8).map { $0.hasSuffix(".npy") ? String($0.dropLast(4)) : $0 }
    return DatasetError(
      path: path,
      problem: "has the arrays \(names.joined(separator: ", ").printable)"
        + "\(members.count > 8 ? ", ..." : ""); \(expected)")
  }
}
