import SystemSupport

/// The files of a data set, and their reader.
struct DataFiles {
  /// What the user named: a directory or a file.
  private let path: String
  private let found: DataDirectory.Found

  private var paths: [String] { found.paths }

  /// Finds the files that `path` stands for.
  ///
  /// A directory stands for the data set in it. An IDX file stands for the set that it belongs to.
  /// - Throws: `DatasetError` where there are none, or where the choice is not clear.
  init(path: String, _ options: DataSource.Options) throws {
    self.path = path
    guard let status = try? FileStatus(path) else {
      throw DatasetError(
        path: path, problem: "no such file or directory; fetch MNIST with jobs/get-mnist.sh \(path)"
      )
    }
    if status.isDirectory {
      found = try DataDirectory(path: path).find(split: options.split)
      return
    }
    if let split = options.split {
      throw DatasetError(
        path: path, problem: "is a file, in which --split \(split) cannot choose; leave --split out"
      )
    }
    let (directory, name) = Self.divided(path)
    // A file whose name says its part is found with its partners, whatever it holds; the reader of its
    // format then describes what is wrong with it.
    if DataFileName(name) == nil, !DataDirectory.isBatch(name) {
      let prefix = try GzipReader(path: path).read(FileKind.prefixLength)
      if NPZFile.isZip(prefix) {
        found = DataDirectory.Found(name: "", format: .npz, paths: [path])
        return
      }
      let isCompressed = try GzipReader(path: path).isCompressed
      if let complaint = FileKind.complaint(about: prefix, path: path, isCompressed: isCompressed) {
        throw DatasetError(path: path, problem: complaint)
      }
    }
    found = try DataDirectory(path: directory).find(with: name)
  }

  /// The directory and the name of a file.
  private static func divided(_ path: String) -> (directory: String, name: String) {
    guard let slash = path.lastIndex(of: "/") else { return (".", path) }
    let directory = String(path[..<slash])
    return (directory.isEmpty ? "/" : directory, String(path[path.index(after: slash)...]))
  }

  /// Opens the files and reads sizes and labels.
  func reader(_ options: DataSource.Options) throws -> DataReader {
    switch found.format {
    case .idx: try idx(options)
    case .npz: try archive(options)
    case .cifar10: try cifar10(options)
    }
  }

  private func idx(_ options: DataSource.Options) throws -> DataReader {
    let folder = Self.divided(Self.divided(paths[0]).directory).name
    let isTransposed = options.transposition.applies(to: [found.name, folder])
    var images: [StoredImages] = []
    var labels: [StoredLabels] = []
    var packed: [Bool] = []
    for part in [0, 2] {
      let reader = try GzipReader(path: paths[part])
      let header = try IDXHeader(of: reader, expecting: .images, path: paths[part])
      images.append(
        try StoredImages(
          reader, path: paths[part], dimensions: header.dimensions, text: header.text,
          isTransposed: isTransposed))
      labels.append(try Self.labels(paths[part + 1], for: header.dimensions[0], paths[part]))
      packed.append(reader.isCompressed)
    }
    let details =
      [
        "IDX", packed.contains(true) ? "gzip" : "", found.name.printable,
        isTransposed ? "transposed" : "",
      ]
      .filter { !$0.isEmpty }
    return try DataReader(
      DataReader.Description(name: path, details: details.joined(separator: ", ")), images: images,
      labels: labels, limit: options.limit)
  }

  private static func labels(_ path: String, for count: Int, _ imagesPath: String) throws
    -> StoredLabels
  {
    let reader = try GzipReader(path: path)
    let header = try IDXHeader(of: reader, expecting: .labels, path: path)
    guard header.dimensions[0] == count else {
      throw DatasetError(
        path: path,
        problem: "holds \(header.dimensions[0]) labels for the \(count) images of \(imagesPath); "
          + "expected as many")
    }
    return try StoredLabels(
      reader, path: path, dimensions: header.dimensions, element: header.element, text: header.text)
  }

  private func archive(_ options: DataSource.Options) throws -> DataReader {
    let file = try NPZFile(path: paths[0])
    // No convention says how EMNIST is stored in this format, so only `yes` turns it.
    let isTransposed = options.transposition == .yes
    let images = try (0...1).map { try file.images(of: $0, isTransposed: isTransposed) }
    let labels = try (0...1).map { try file.labels(of: $0, count: images[$0].count) }
    let details = [
      "NPZ", found.name.printable, isTransposed ? "transposed" : "",
      file.hasValidationSet ? "validation images not used" : "",
    ]
    return try DataReader(
      DataReader.Description(
        name: path, details: details.filter { !$0.isEmpty }.joined(separator: ", ")),
      images: images,
      labels: labels, limit: options.limit)
  }

  private func cifar10(_ options: DataSource.Options) throws -> DataReader {
    guard options.transposition != .yes else {
      throw DatasetError(
        path: path, problem: "CIFAR-10 is not stored transposed; leave out --transpose yes")
    }
    let parts = [try CIFARImages(paths: paths.dropLast()), try CIFARImages(paths: paths.suffix(1))]
    return try DataReader(
      DataReader.Description(name: path, details: "CIFAR-10 binary, \(paths.count) files"),
      images: parts, labels: parts.map(\.labels), limit: options.limit)
  }
}
