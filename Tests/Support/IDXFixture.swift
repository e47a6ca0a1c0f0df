import Foundation

/// A small data set that can be learned, written as four IDX files with the official names.
///
/// Sample `i` has class `i mod classes`. The stripes of its class are bright; all other pixels are
/// dim noise.
public struct IDXFixture: Sendable {
  /// The official file names: training images and labels, test images and labels.
  public static let names = [
    "train-images-idx3-ubyte", "train-labels-idx1-ubyte",
    "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte",
  ]

  public var trainingCount = 1000
  public var testCount = 200
  public var height = 28
  public var width = 28
  public var classes = 10

  /// Makes a data set of the given sizes.
  public init(
    trainingCount: Int = 1000, testCount: Int = 200, height: Int = 28, width: Int = 28,
    classes: Int = 10
  ) {
    self.trainingCount = trainingCount
    self.testCount = testCount
    self.height = height
    self.width = width
    self.classes = classes
  }

  /// The bytes of the four files, in the order of ``names``.
  public var contents: [[UInt8]] {
    [(0, trainingCount), (trainingCount, testCount)].flatMap { first, count in
      [
        Self.idx([count, height, width], images(first: first, count: count)),
        Self.idx([count], (first..<(first + count)).map { UInt8($0 % classes) }),
      ]
    }
  }

  /// Writes the four files into a new temporary directory.
  ///
  /// - Parameters:
  ///   - gzip: compress each file and name it `.gz`.
  ///   - changing: changes the bytes of single files, by official name, before they are written.
  public func write(gzip: Bool = false, changing: [String: @Sendable ([UInt8]) -> [UInt8]] = [:])
    throws
    -> TemporaryDirectory
  {
    let directory = try TemporaryDirectory()
    for (name, content) in zip(Self.names, contents) {
      let path = try directory.write(changing[name]?(content) ?? content, to: name)
      if gzip { try Self.compress(path) }
    }
    return directory
  }

  /// Replaces the file at `path` by the compressed file `path.gz`.
  public static func compress(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-1", path]
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw SupportError("gzip \(path) ended with \(process.terminationStatus)")
    }
  }

  /// Returns an IDX file of unsigned bytes: magic number, big-endian dimensions, content.
  public static func idx(_ dimensions: [Int], _ content: [UInt8]) -> [UInt8] {
    let sizes = dimensions.flatMap { size in [24, 16, 8, 0].map { UInt8(size >> $0 & 255) } }
    return [0, 0, 8, UInt8(dimensions.count)] + sizes + content
  }

  private func images(first: Int, count: Int) -> [UInt8] {
    var state: UInt32 = 12_345 &+ UInt32(first)
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count * height * width)
    for sample in first..<(first + count) {
      for pixel in 0..<(height * width) {
        state = state &* 1_664_525 &+ 1_013_904_223
        let noise = UInt8(state >> 26)
        let isLit = pixel * (sample % classes + 3) % 11 < 3
        bytes.append(isLit ? 190 + noise : noise)
      }
    }
    return bytes
  }
}

/// An error that describes something that a test needs and that is missing.
public struct SupportError: Error, CustomStringConvertible {
  public let description: String

  /// Makes an error with the text `description`.
  public init(_ description: String) { self.description = description }
}
