import Dataset
import Foundation
import TestSupport
import Testing

/// One kind of wrong data on disk, with the expected error.
struct BadData: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The end of the path that the error names.
  let file: String
  /// A part of the expected message.
  let message: String
  let make: @Sendable () throws -> TemporaryDirectory

  init(
    _ testDescription: String, names file: String, message: String,
    make: @escaping @Sendable () throws -> TemporaryDirectory
  ) {
    self.testDescription = testDescription
    self.file = file
    self.message = message
    self.make = make
  }

  /// Makes a case in which one file of a valid data set is replaced or changed.
  init(
    _ testDescription: String, file: String, message: String,
    change: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) {
    self.init(testDescription, names: file, message: message) {
      try Self.fixture.write(changing: [file: change])
    }
  }

  /// Makes a case in which one compressed file of a valid data set is changed.
  init(
    _ testDescription: String, gzip file: String, message: String,
    change: @escaping @Sendable (Data) -> Data
  ) {
    self.init(testDescription, names: file + ".gz", message: message) {
      let directory = try Self.fixture.write(gzip: true)
      let url = directory.url.appendingPathComponent(file + ".gz")
      try change(Data(contentsOf: url)).write(to: url)
      return directory
    }
  }

  static let fixture = IDXFixture(trainingCount: 40, testCount: 20, height: 28, width: 28)
  static let images = IDXFixture.names[0]
  static let labels = IDXFixture.names[1]
  static let testImages = IDXFixture.names[2]
  static let testLabels = IDXFixture.names[3]

  static let all = [
    BadData("missing file", names: testLabels, message: "not found") {
      let directory = try fixture.write()
      try FileManager.default.removeItem(atPath: directory.path(testLabels))
      return directory
    },
    BadData("a directory in place of a file", names: images, message: "is a directory") {
      let directory = try fixture.write()
      try FileManager.default.removeItem(atPath: directory.path(images))
      try FileManager.default.createDirectory(
        atPath: directory.path(images), withIntermediateDirectories: false)
      return directory
    },
    BadData("a pipe in place of a file", names: images, message: "no regular file") {
      let directory = try fixture.write()
      try FileManager.default.removeItem(atPath: directory.path(images))
      guard mkfifo(directory.path(images), 0o600) == 0 else { throw SupportError("no fifo") }
      return directory
    },
    BadData("truncated images", file: images, message: "holds 31359 bytes after its header") {
      Array($0.dropLast())
    },
    BadData(
      "truncated in the header", file: images, message: "ends inside its header of 16 bytes"
    ) {
      Array($0[..<11])
    },
    BadData("an empty file", file: labels, message: "is empty; fetch it again") { _ in [] },
    BadData("more images than declared", file: images, message: "goes on after the 40 x 28") {
      $0 + [0]
    },
    BadData("truncated gzip", gzip: images, message: "cut off") { $0.prefix($0.count / 2) },
    BadData("gzip without its last byte", gzip: images, message: "cut off") { $0.dropLast() },
    BadData("damaged gzip", gzip: images, message: "damaged") {
      var data = $0
      data[data.count - 6] ^= 1
      return data
    },
    BadData("more gzip content than declared", names: images + ".gz", message: "goes on after") {
      try fixture.write(gzip: true, changing: [images: { $0 + [7, 7] }])
    },
    BadData(
      "wrong magic", file: images, message: "starts with bytes [80 65 3 4], expected [0 0 8 3]"
    ) {
      [80, 65, 3, 4] + $0[4...]
    },
    BadData(
      "labels in place of images", file: images,
      message: "holds labels (it starts with bytes [0 0 8 1]) where images"
    ) { _ in
      fixture.contents[1]
    },
    BadData(
      "label count other than image count", file: labels, message: "39 labels for the 40 images"
    ) { _ in
      IDXFixture.idx([39], [UInt8](repeating: 1, count: 39))
    },
    BadData(
      "test labels that do not occur in training", file: testLabels,
      message: "label 77 (sample 3) is one that the training set has no example of"
    ) {
      var content = $0
      content[8 + 3] = 77
      return content
    },
    BadData("zero images", file: images, message: "holds no images (0 of 28 x 28)") { _ in
      IDXFixture.idx([0, 28, 28], [])
    },
    BadData("images without pixels", file: images, message: "holds no images (40 of 0 x 28)") { _ in
      IDXFixture.idx([40, 0, 28], [])
    },
    BadData(
      "a zero among gigantic dimensions", file: images,
      message: "holds no images (4294967295 of 4294967295 x 0)"
    ) { _ in
      IDXFixture.idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0], [])
    },
    BadData("gigantic dimensions", file: images, message: "holds 5 bytes after its header") { _ in
      IDXFixture.idx([0x7FFF_FFFF, 28, 28], [1, 2, 3, 4, 5])
    },
    BadData("dimensions beyond all files", file: images, message: "which no file holds") { _ in
      IDXFixture.idx([0xFFFF_FFFF, 0xFFFF_FFFF, 0xFFFF_FFFF], [1])
    },
    BadData("test set of another image size", names: testImages, message: "20 x 28, those of the") {
      let pixels = [UInt8](repeating: 3, count: 20 * 20 * 28)
      return try fixture.write(changing: [
        testImages: { _ in IDXFixture.idx([20, 20, 28], pixels) }
      ])
    },
    BadData("constant images", names: "", message: "all training pixels have the same value") {
      let pixels = [UInt8](repeating: 3, count: 40 * 784)
      return try fixture.write(changing: [images: { _ in IDXFixture.idx([40, 28, 28], pixels) }])
    },
  ]
}

struct BadDataTests {
  @Test(arguments: BadData.all) func isNamedInOneLine(bad: BadData) throws {
    let directory = try bad.make()
    let start = ContinuousClock.now
    let error = #expect(throws: DatasetError.self) {
      try DataSource.path(directory.path).read()
    }
    let text = error.map { "\($0)" } ?? ""
    #expect(text.hasPrefix("\(directory.path)\(bad.file.isEmpty ? "" : "/")\(bad.file): "))
    #expect(text.contains(bad.message), "\(text)")
    #expect(!text.contains("\n"))
    #expect(ContinuousClock.now - start < .seconds(60), "sizes in a header must not cost time")
  }

  /// Memory grows with the file, not with the sizes in its header.
  @Test func giganticDimensionsTakeLittleMemory() throws {
    let directory = try BadData.fixture.write(changing: [
      BadData.images: { _ in IDXFixture.idx([50_000_000, 28, 28], [1, 2, 3]) }
    ])
    let before = try peakMemory()
    #expect(throws: DatasetError.self) {
      try DataSource.path(directory.path).read()
    }
    #expect(try peakMemory() - before < 4_000_000, "kB more than before; the header declares 39 GB")
  }

  @Test func missingDirectoryIsNamed() throws {
    let error = #expect(throws: DatasetError.self) {
      try DataSource.path("/nowhere/mnist").read()
    }
    #expect(
      error?.description
        == "/nowhere/mnist: no such file or directory; fetch MNIST with jobs/get-mnist.sh /nowhere/mnist"
    )
  }

  @Test func limitThatRemovesAClassIsNamed() throws {
    let directory = try BadData.fixture.write()
    let error = #expect(throws: DatasetError.self) {
      try DataSource.path(directory.path).read(DataSource.Options(limit: 4))
    }
    #expect(error?.path == directory.path(BadData.testLabels))
    #expect(error?.problem.contains("the first 4 training images have no example") == true)
  }

  /// Peak virtual memory of this process in kB.
  private func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmPeak:") }
    let number = line?.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    return try #require(number.flatMap { Int($0) })
  }
}
