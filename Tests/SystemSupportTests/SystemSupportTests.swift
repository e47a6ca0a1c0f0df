import Foundation
import SystemSupport
import TestSupport
import Testing

@Test func clockNeverGoesBack() {
  let times = (0..<100).map { _ in MonotonicClock.seconds() }
  #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
}

@Suite struct SafeFileTests {
  private let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  private func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test func aFileIsReplacedAsAWhole() throws {
    let path = directory.path("weights.bin")
    let long = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0) })
    for content in [long, Data("short".utf8), Data()] {
      try SafeFile.replace(path, with: content, content: "weights")
      #expect(try SafeFile.read(path) == content)
      #expect(try files() == ["weights.bin"])
    }
  }

  @Test func aMissingDirectoryIsNamed() throws {
    let path = directory.path("missing/weights.bin")
    let error = #expect(throws: FileError.self) {
      try SafeFile.replace(path, with: Data("new".utf8), content: "weights")
    }
    #expect(
      error?.description == "cannot write weights \(path): no such file or directory")
    #expect(try files() == [])
  }

  /// The temporary file could be written and could not be renamed.
  @Test func aFailedRenameLeavesNoFile() throws {
    let path = directory.path("weights")
    try SafeFile.makeDirectory(path)
    let error = #expect(throws: FileError.self) {
      try SafeFile.replace(path, with: Data("new".utf8), content: "weights")
    }
    #expect(error?.description.hasPrefix("cannot write weights \(path): ") == true)
    #expect(try files() == ["weights"])
  }
}

@Suite struct SortedJSONTests {
  private struct Run: Encodable {
    struct Rank: Encodable { var seconds: [String: Double] }
    var loss = 0.5
    var ranks: [Rank] = []
  }

  @Test func keysAreSortedAndSlashesStay() throws {
    let data = try SortedJSON.encode(["b": "x/y", "a": "z"], pretty: false)
    #expect(String(decoding: data, as: UTF8.self) == #"{"a":"z","b":"x/y"}"#)
  }

  @Test func aNumberThatIsNotFiniteIsNamed() {
    let loss = #expect(throws: NotFiniteError.self) {
      try SortedJSON.encode(Run(loss: .nan), pretty: true)
    }
    #expect(loss?.description == "loss is not a finite number, which JSON cannot hold")
    let ranks = [Run.Rank(seconds: [:]), Run.Rank(seconds: ["load": -.infinity])]
    let seconds = #expect(throws: NotFiniteError.self) {
      try SortedJSON.encode(Run(ranks: ranks), pretty: true)
    }
    #expect(seconds?.key == "ranks[1].seconds.load")
  }
}
