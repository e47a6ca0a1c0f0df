import Dataset
import Foundation
import Hashing
import TestSupport
import Testing

/// Data sets that numpy wrote (Tests/Oracle/data_sets.py), in the forms that people have.
struct DataSetTests {
  struct Expected: Decodable, Sendable {
    let counts: [Int]
    let shape: [Int]
    let labels: [Int]
    let firstLabel: Int
    let pixels: [String]
    let split: String?
    let details: String?
  }

  struct Facts: Decodable {
    let good: [String: Expected]
    let bad: [String: [String]]

    static func read() throws -> Facts { try Repository.oracle("data-sets.json", as: Facts.self) }
  }

  static let folder = Repository.oracle + "/data-sets"

  /// The names of the cases; none without the file, which `theCasesAreThere` reports.
  static let good = ((try? Facts.read())?.good.keys.sorted()) ?? []
  static let bad = ((try? Facts.read())?.bad.keys.sorted()) ?? []

  @Test func theCasesAreThere() { #expect(Self.good.count >= 18 && Self.bad.count >= 30) }

  @Test(arguments: good) func isReadAsNumPyWroteIt(name: String) throws {
    let expected = try #require(try Facts.read().good[name])
    let source = DataSource.path("\(Self.folder)/\(name)")
    try check(source, expected)
    let options = DataSource.Options(split: expected.split)
    if let details = expected.details { #expect(try source.open(options).details == details) }
  }

  private func check(_ source: DataSource, _ expected: Expected) throws {
    let data = try source.read(DataSource.Options(split: expected.split))
    #expect([data.training.count, data.test.count] == expected.counts)
    let shape = data.training.shape
    let isGrey = expected.shape.count == 2
    #expect([shape.height, shape.width] + (isGrey ? [] : [shape.channels]) == expected.shape)
    #expect(data.classes.values == expected.labels)
    #expect(data.classes.values[Int(data.training.labels[0])] == expected.firstLabel)
    let pixels = [data.training, data.test].map { SHA256.hex(of: $0.images) }
    #expect(pixels == expected.pixels)
  }

  /// Each single file of a set stands for the set.
  @Test(arguments: good) func aFileStandsForItsSet(name: String) throws {
    let expected = try #require(try Facts.read().good[name])
    guard expected.split == nil else { return }
    let directory = "\(Self.folder)/\(name)"
    for file in try FileManager.default.contentsOfDirectory(atPath: directory) {
      try check(.path("\(directory)/\(file)"), expected)
    }
  }

  @Test(arguments: bad) func isRefusedInOneLine(name: String) throws {
    let words = try #require(try Facts.read().bad[name])
    var path = "\(Self.folder)/\(name)"
    let unpacked = try TemporaryDirectory()
    if name == "npz-bomb" {
      // It is stored compressed once more.
      let copy = unpacked.path("data.npz.gz")
      try FileManager.default.copyItem(atPath: "\(path)/data.npz.gz", toPath: copy)
      try unpack(copy)
      path = unpacked.path
    }
    let error = #expect(throws: DatasetError.self) { try DataSource.path(path).read() }
    let text = error?.description ?? ""
    for word in words { #expect(text.contains(word), "\(text)") }
    #expect(text.hasPrefix(path) && !text.contains("\n"))
  }

  private func unpack(_ path: String) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = ["gzip", "-d", path]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
  }

  /// Every file of at most 20 KB, cut off at every length: one line, no crash.
  @Test(arguments: [
    "official", "gzip", "keras", "keras-compressed", "medmnist", "qmnist", "npy-version-3",
  ])
  func everyTruncationIsRefused(name: String) throws {
    let source = "\(Self.folder)/\(name)"
    for file in try FileManager.default.contentsOfDirectory(atPath: source) {
      let whole = try Data(contentsOf: URL(fileURLWithPath: "\(source)/\(file)"))
      #expect(whole.count <= 20_000)
      let copy = try TemporaryDirectory()
      for other in try FileManager.default.contentsOfDirectory(atPath: source) {
        try FileManager.default.copyItem(atPath: "\(source)/\(other)", toPath: copy.path(other))
      }
      for length in 0..<whole.count {
        try whole.prefix(length).write(to: URL(fileURLWithPath: copy.path(file)))
        do {
          _ = try DataSource.path(copy.path).read()
          Issue.record("\(file) cut off after \(length) bytes is accepted")
        } catch let error as DatasetError {
          #expect(!error.description.contains("\n"))
        }
      }
    }
  }
}

/// What is found in a directory, and how a set is chosen.
struct DiscoveryTests {
  private static let fixture = IDXFixture(trainingCount: 12, testCount: 6, height: 3, width: 2)

  /// A directory with a set for each prefix.
  private func directory(_ prefixes: [String]) throws -> TemporaryDirectory {
    let directory = try TemporaryDirectory()
    for prefix in prefixes {
      for (name, content) in zip(IDXFixture.names, Self.fixture.contents) {
        try directory.write(content, to: prefix + name)
      }
    }
    return directory
  }

  private func error(_ path: String, split: String? = nil) -> String {
    do {
      _ = try DataSource.path(path).open(DataSource.Options(split: split))
      return ""
    } catch { return "\(error)" }
  }

  @Test func severalSetsAreListedAndOneIsChosen() throws {
    let directory = try directory(["emnist-letters-", "emnist-digits-"])
    #expect(
      error(directory.path)
        == "\(directory.path): has 2 data sets: emnist-digits, emnist-letters; choose one with --split NAME"
    )
    for split in ["emnist-letters", "letters", "EMNIST-Letters"] {
      let reader = try DataSource.path(directory.path).open(DataSource.Options(split: split))
      #expect(reader.details == "IDX, emnist-letters, transposed")
    }
    #expect(
      error(directory.path, split: "byclass").contains(
        "expected one of emnist-digits, emnist-letters"))
    let archive = directory.path("kmnist.npz")
    try FileManager.default.copyItem(
      atPath: DataSetTests.folder + "/keras/mnist.npz", toPath: archive)
    let reader = try DataSource.path(directory.path).open(DataSource.Options(split: "kmnist"))
    #expect(reader.details == "NPZ, kmnist.npz")
    let file = directory.path("emnist-digits-" + IDXFixture.names[0])
    #expect(error(file, split: "letters").contains("is a file"))
  }

  @Test func transpositionFollowsTheOptionAndTheName() throws {
    let plain = try directory([""])
    let stored = try DataSource.path(plain.path).read()
    #expect(stored.training.shape == ImageShape(height: 3, width: 2))
    let turned = try DataSource.path(plain.path).read(DataSource.Options(transposition: .yes))
    #expect(turned.training.shape == ImageShape(height: 2, width: 3))
    for (row, column) in [(0, 0), (0, 1), (2, 0), (2, 1)] {
      #expect(turned.training.images[column * 3 + row] == stored.training.images[row * 2 + column])
    }
    let letters = try directory(["emnist-letters-"])
    #expect(try DataSource.path(letters.path).read().training == turned.training)
    let no = DataSource.Options(transposition: .no)
    #expect(try DataSource.path(letters.path).read(no).training == stored.training)
  }

  @Test func linksToFilesAreFilesAndTwoNamesOfOneFileAreOne() throws {
    let store = try directory([""])
    let links = try TemporaryDirectory()
    for name in IDXFixture.names {
      try FileManager.default.createSymbolicLink(
        atPath: links.path(name), withDestinationPath: store.path(name))
    }
    let second = links.path("train-images.idx3-ubyte")
    try FileManager.default.createSymbolicLink(
      atPath: second, withDestinationPath: store.path(IDXFixture.names[0]))
    #expect(
      try DataSource.path(links.path).read().sha256 == DataSource.path(store.path).read().sha256)
    try FileManager.default.removeItem(atPath: second)
    try links.write(Self.fixture.contents[0], to: "train-images.idx3-ubyte")
    #expect(error(links.path).contains("two files with the training images"))
  }

  @Test func anArchiveInTheDirectoryIsToBeUnpacked() throws {
    let directory = try TemporaryDirectory()
    try directory.write([1], to: "my data.tar.gz")
    #expect(
      error(directory.path)
        == "\(directory.path): has no data set, but an archive; unpack it first: "
        + "tar -xf '\(directory.path)/my data.tar.gz'")
  }

  /// As `jobs/get-mnist.sh` leaves them where it unpacks files.
  @Test func aFileBesideItsPackedFormIsOneFile() throws {
    let directory = try Self.fixture.write(gzip: true)
    let plain = try Self.fixture.write()
    for name in IDXFixture.names {
      try FileManager.default.copyItem(atPath: plain.path(name), toPath: directory.path(name))
    }
    #expect(try DataSource.path(directory.path).open().details == "IDX")
    var other = Self.fixture.contents[0]
    other[20] ^= 1
    try Data(other).write(to: URL(fileURLWithPath: directory.path(IDXFixture.names[0])))
    #expect(error(directory.path).contains("two files with the training images"))
  }

  /// Some archives unpack each file into a folder of its own name, beside a file with a dotted name.
  @Test func foldersWithTheNamesOfFilesAreNoFiles() throws {
    let directory = try TemporaryDirectory()
    for (name, content) in zip(IDXFixture.names, Self.fixture.contents) {
      try FileManager.default.createDirectory(
        atPath: directory.path(name), withIntermediateDirectories: false)
      try directory.write(content, to: name.replacing("-idx", with: ".idx"))
    }
    #expect(try DataSource.path(directory.path).open().count(of: .training) == 12)
  }

  @Test func moreTestThanTrainingImagesIsAWarning() throws {
    let directory = try IDXFixture(trainingCount: 12, testCount: 20, height: 3, width: 2).write()
    let warnings = try DataSource.path(directory.path).open().warnings
    #expect(warnings.count == 1 && warnings.allSatisfy { $0.contains("more test images (20)") })
    let usual = try IDXFixture(trainingCount: 12, testCount: 12, height: 3, width: 2).write()
    #expect(try DataSource.path(usual.path).open().warnings.isEmpty)
  }

  @Test func classesAreDescribedByTheirLabels() {
    let texts = [
      (Array(0..<10), "10 classes"), (Array(1...26), "26 classes (labels 1 to 26)"),
      ([1, 4, 9], "3 classes (labels 1, 4 and 9)"), ([7], "1 class (label 7)"), ([0], "1 class"),
      (Array(stride(from: 0, to: 22, by: 2)), "11 classes (labels 0 to 20, with gaps)"),
    ]
    for (values, text) in texts { #expect(ClassLabels(values: values).description == text) }
  }
}
