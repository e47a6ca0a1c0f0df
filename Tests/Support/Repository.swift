import Foundation

/// The paths of the repository's files and of MNIST, for tests.
public enum Repository {
  /// The repository's root.
  public static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// The directory with the results of the independent implementation.
  public static let oracle = "\(root)/Tests/Oracle"

  /// Returns the directory with the four MNIST files: `$MNIST_DATA`, else the repository's own.
  ///
  /// The repository's own directory is `data/mnist`.
  /// - Throws: an error that describes how to get the files.
  public static func mnist() throws -> String {
    let directory = ProcessInfo.processInfo.environment["MNIST_DATA"] ?? "\(root)/data/mnist"
    for name in IDXFixture.names
    where ["", ".gz"].allSatisfy({
      !FileManager.default.fileExists(atPath: "\(directory)/\(name)\($0)")
    }) {
      throw SupportError(
        "this test needs MNIST, and \(directory)/\(name) is missing: run jobs/get-mnist.sh "
          + "or set MNIST_DATA")
    }
    return directory
  }

  /// Decodes a JSON file of the oracle.
  public static func oracle<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    let data = try Data(contentsOf: URL(fileURLWithPath: "\(oracle)/\(name)"))
    return try JSONDecoder().decode(type, from: data)
  }
}

/// The content of `Tests/Oracle/facts.json`: orders, initial values, draws and facts about MNIST.
public struct OracleFacts: Decodable, Sendable {
  /// One epoch's order of samples.
  public struct Order: Decodable, Sendable {
    public let samples: Int
    public let virtualShards: Int
    public let epoch: Int
    public let first: [Int]
    public let sha256OfAllAsInt32: String
  }

  /// The initial values of a model.
  public struct Initial: Decodable, Sendable {
    /// One tensor in its canonical shape.
    public struct Tensor: Decodable, Sendable {
      public let name: String
      public let shape: [Int]
      public let first: [Float]
    }

    public let sha256: String
    public let tensors: [Tensor]
  }

  /// The first draws of a random stream.
  public struct Draws: Decodable, Sendable {
    public let seed: UInt64
    public let stream: String
    public let draws: [UInt32]
  }

  /// Mean and standard deviation of the MNIST training images.
  public struct Normalisation: Decodable, Sendable {
    public let mean: Double
    public let deviation: Double
  }

  public let seed: UInt64
  public let orders: [Order]
  public let initial: [String: Initial]
  public let draws: [Draws]
  public let normalisation: Normalisation

  /// Reads the file.
  public static func read() throws -> OracleFacts {
    try Repository.oracle("facts.json", as: OracleFacts.self)
  }
}
