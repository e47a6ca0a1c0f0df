#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The source of the data: a directory with four IDX files, or data generated from the seed.
public enum DataSource: Equatable, Sendable {
  case directory(String)
  case synthetic

  /// The official names of the four files; each file may have the suffix `.gz`.
  public static let fileNames = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  /// Returns `option`, else `MNIST_DATA`, else the first default directory that holds MNIST files.
  ///
  /// The default directories are `localPlace` and then `mnist` in the user's cache directory.
  /// - Parameters:
  ///   - option: value of `--data`: a directory, or `synthetic` for synthetic data.
  ///   - environment: variables, of which `MNIST_DATA`, `XDG_CACHE_HOME` and `HOME` are used.
  ///   - localPlace: the default directory that is searched first.
  /// - Throws: `DatasetError` that names all default directories and `jobs/get-mnist.sh`.
  public static func locate(
    option: String?, environment: [String: String], localPlace: String = "data/mnist"
  ) throws -> DataSource {
    if option == "synthetic" { return .synthetic }
    if let option { return .directory(option) }
    if let path = environment["MNIST_DATA"], !path.isEmpty { return .directory(path) }
    var candidates = [localPlace]
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
      candidates.append("\(cache)/mnist")
    } else if let home = environment["HOME"], !home.isEmpty {
      candidates.append("\(home)/.cache/mnist")
    }
    if let directory = candidates.first(where: { find(fileNames[0], in: $0) != nil }) {
      return .directory(directory)
    }
    throw DatasetError(
      path: candidates.joined(separator: ", "),
      problem: "no MNIST files here and MNIST_DATA is not set; "
        + "fetch them with jobs/get-mnist.sh or say --data DIRECTORY")
  }

  /// Reads and checks all data; called by one rank only.
  ///
  /// - Parameters:
  ///   - limit: use the first `limit` training images only.
  ///   - seed: the seed of synthetic data.
  /// - Throws: `DatasetError` that names the file concerned.
  public func read(limit: Int?, seed: UInt64) throws -> TrainingData {
    switch self {
    case .synthetic: return try SyntheticData.make(seed: seed, limit: limit)
    case .directory(let directory): return try Self.readFiles(in: directory, limit: limit)
    }
  }

  private static func readFiles(in directory: String, limit: Int?) throws -> TrainingData {
    var status = stat()
    guard stat(directory, &status) == 0 else {
      throw DatasetError(
        path: directory,
        problem: "no such directory; fetch MNIST with jobs/get-mnist.sh \(directory)")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw DatasetError(
        path: directory, problem: "is not a directory; expected one with the four IDX files")
    }
    let paths = try fileNames.map { name in
      guard let path = find(name, in: directory) else {
        throw DatasetError(
          path: "\(directory)/\(name)",
          problem: "not found, neither plain nor .gz; fetch it with jobs/get-mnist.sh \(directory)")
      }
      return path
    }
    return try TrainingData(
      training: LabelledImages(imagesPath: paths[0], labelsPath: paths[1]),
      test: LabelledImages(imagesPath: paths[2], labelsPath: paths[3]),
      limit: limit, name: directory, isSynthetic: false,
      testImagesPath: paths[2], testLabelsPath: paths[3])
  }

  private static func find(_ name: String, in directory: String) -> String? {
    ["", ".gz"].map { "\(directory)/\(name)\($0)" }.first { access($0, F_OK) == 0 }
  }
}
