/// The source of the data: files on disk, or data generated from the seed.
public enum DataSource: Equatable, Sendable {
  /// A directory with a data set, or one of its files.
  case path(String)
  case synthetic

  /// Returns `option`, else `MNIST_DATA`, else the first default directory that holds a data set.
  ///
  /// The default directories are `localPlace` and then `mnist` in the user's cache directory.
  /// - Parameters:
  ///   - option: value of `--data`: a directory, a file, or `synthetic` for synthetic data.
  ///   - environment: variables, of which `MNIST_DATA`, `XDG_CACHE_HOME` and `HOME` are used.
  ///   - localPlace: the default directory that is searched first.
  /// - Throws: `DatasetError` that names all default directories and `jobs/get-mnist.sh`.
  public static func locate(
    option: String?, environment: [String: String], localPlace: String = "data/mnist"
  ) throws -> DataSource {
    if option == "synthetic" { return .synthetic }
    if let option { return .path(option) }
    if let path = environment["MNIST_DATA"], !path.isEmpty { return .path(path) }
    var candidates = [localPlace]
    if let cache = environment["XDG_CACHE_HOME"], !cache.isEmpty {
      candidates.append("\(cache)/mnist")
    } else if let home = environment["HOME"], !home.isEmpty {
      candidates.append("\(home)/.cache/mnist")
    }
    if let directory = candidates.first(where: { DataDirectory.hasData($0) }) {
      return .path(directory)
    }
    throw DatasetError(
      path: candidates.joined(separator: ", "),
      problem: "no MNIST files here and MNIST_DATA is not set; "
        + "fetch them with jobs/get-mnist.sh or say --data DIRECTORY")
  }

  /// How a source is read.
  public struct Options: Sendable {
    /// Use the first so many training images only.
    public var limit: Int?
    /// The seed of synthetic data.
    public var seed: UInt64
    /// The name of the data set in a directory with several.
    public var split: String?
    public var transposition: Transposition
    /// The channels of synthetic images.
    public var channels: Int

    /// Options, each of which has a default.
    public init(
      limit: Int? = nil, seed: UInt64 = 1, split: String? = nil,
      transposition: Transposition = .auto, channels: Int = 1
    ) {
      self.limit = limit
      self.seed = seed
      self.split = split
      self.transposition = transposition
      self.channels = channels
    }
  }

  /// Opens the data and reads and checks sizes and labels; called by one rank only.
  ///
  /// - Throws: `DatasetError` that names the file concerned.
  public func open(_ options: Options = Options()) throws -> DataReader {
    switch self {
    case .synthetic:
      let limit = options.limit ?? SyntheticImages.trainingCount
      // Fewer than ten images would lack classes that the test images have.
      let count = min(SyntheticImages.trainingCount, max(limit, 10))
      let parts = [("training", count), ("test", SyntheticImages.testCount)].map { part, count in
        SyntheticImages(
          seed: options.seed, part: part, count: count, channels: options.channels)
      }
      return try DataReader(
        DataReader.Description(name: "synthetic", isSynthetic: true), images: parts,
        labels: parts.map(\.labels), limit: options.limit)
    case .path(let path): return try DataFiles(path: path, options).reader(options)
    }
  }

  /// Reads the whole data set into memory.
  ///
  /// - Throws: `DatasetError` that names the file concerned.
  public func read(_ options: Options = Options()) throws -> TrainingData {
    try TrainingData(open(options))
  }
}
