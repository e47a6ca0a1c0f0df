import FoundationEssentials
import RunRecords
import Statistics
import TestSupport
import Testing

@Suite struct RecordStoreTests {
  @Test func nameOfAFile() {
    let record = makeRecord(ranks: 2, id: "1A2B3C4D-5E6F") { $0.config.model = "mlp 512,512" }
    #expect(
      RecordStore.fileName(of: record) == "20261123T181500Z-mlp-512-512-np2-1a2b3c4d.json")
  }

  @Test func writtenRecordsComeBackEqual() throws {
    try withDirectory { directory in
      let one = makeRecord()
      let two = makeRecord(ranks: 2, seconds: 5.123456789012345, id: "b2") {
        $0.work.seed = .max
        $0.result.imagesPerSecond = nil
        $0.result.stepSeconds = Distribution([])
      }
      let inner = "\(directory)/a/b"
      let path = try RecordStore.write(one, into: inner)
      #expect(path == "\(inner)/20261123T181500Z-cnn-np1-0a1b2c3d.json")
      try RecordStore.write(two, into: inner)
      let contents = try RecordStore.load(directory: inner)
      #expect(contents.records.map(\.record) == [one, two])
      #expect(contents.records.first?.file == path)
      #expect(contents.skipped.isEmpty)
      #expect(try FileManager.default.contentsOfDirectory(atPath: inner).count == 2)
    }
  }

  @Test func textIsPrettySortedAndEndsALine() throws {
    try withDirectory { directory in
      let path = "\(directory)/out.json"
      try RecordStore.write(makeRecord(), toFile: path)
      let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
      #expect(text.hasPrefix("{\n  \"config\" : {\n    \"data\" : \"data/mnist\","))
      #expect(text.contains("\"allReduceTransfer\" : 0,"))
      #expect(text.hasSuffix("}\n"))
      #expect(try FileManager.default.contentsOfDirectory(atPath: directory) == ["out.json"])
    }
  }

  @Test func unknownKeysAreIgnored() throws {
    try withDirectory { directory in
      let path = try RecordStore.write(makeRecord(), into: directory)
      let text = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
      try write(
        text.replacing("\"config\" : {", with: "\"later\" : [1], \"config\" : { \"new\" : null,"),
        to: path)
      #expect(try RecordStore.load(files: [path]).map(\.record) == [makeRecord()])
    }
  }

  @Test func filesWithoutARecordAreSkippedWithAReason() throws {
    try withDirectory { directory in
      let good = try RecordStore.write(makeRecord(), into: directory)
      let text = String(decoding: try Data(contentsOf: URL(filePath: good)), as: UTF8.self)
      try write("not json", to: "\(directory)/a.json")
      try write("", to: "\(directory)/b.json")
      try write("[1, 2]", to: "\(directory)/c.json")
      try write("{\"format\": 2}", to: "\(directory)/d.json")
      try write("{\"format\": 1}", to: "\(directory)/e.json")
      try write(
        text.replacing("\"scaling\" : \"strong\"", with: "\"scaling\" : \"odd\""),
        to: "\(directory)/f.json")
      try write(
        text.replacing("\"cores\" : 4", with: "\"cores\" : \"4\""), to: "\(directory)/g.json")
      try FileManager.default.createDirectory(
        atPath: "\(directory)/h.json", withIntermediateDirectories: false)
      try write("not json", to: "\(directory)/run.log")
      try write("not json", to: "\(directory)/.hidden.json")
      let contents = try RecordStore.load(directory: directory)
      #expect(contents.records.map(\.file) == [good])
      #expect(
        contents.skipped.map(\.file)
          == ["a", "b", "c", "d", "e", "f", "g", "h"].map { "\(directory)/\($0).json" })
      #expect(
        contents.skipped.dropLast().map(\.reason) == [
          "not JSON", "not JSON", "no run record", "record of format 2, this program reads 1",
          "no run record: program is missing",
          "no run record: config.scaling has an unknown value",
          "no run record: machine.cores has the wrong type",
        ])
    }
  }

  @Test func aNamedFileMustBeARecord() throws {
    try withDirectory { directory in
      try write("{}", to: "\(directory)/x.json")
      #expect(
        throws: RecordError.noRecord(
          path: "\(directory)/x.json", reason: "no run record: format is missing")
      ) { try RecordStore.load(files: ["\(directory)/x.json"]) }
      #expect(
        throws: RecordError.read(path: "\(directory)/y", reason: "no such file or directory")
      ) { try RecordStore.load(files: ["\(directory)/y"]) }
      #expect(throws: RecordError.self) { try RecordStore.load(directory: "\(directory)/none") }
    }
  }

  @Test func aDirectoryBelowAFileIsFoundBeforehand() throws {
    try withDirectory { directory in
      try write("", to: "\(directory)/file")
      let path = "\(directory)/file/results"
      let error = #expect(throws: RecordError.self) { try RecordStore.prepare(path) }
      #expect(
        error?.description
          == "results directory \(path): cannot be made (\(directory)/file is not a directory)")
      #expect(throws: RecordError.self) { try RecordStore.write(makeRecord(), into: path) }
      #expect(throws: RecordError.self) { try RecordStore.prepare("") }
    }
  }

  @Test func preparingLeavesAnEmptyDirectory() throws {
    try withDirectory { directory in
      let path = "\(directory)/a/b/"
      try RecordStore.prepare(path)
      try RecordStore.prepare(path)
      #expect(try FileManager.default.contentsOfDirectory(atPath: path).isEmpty)
    }
  }

  @Test func numbersThatAreNotFiniteNeverReachAFile() throws {
    try withDirectory { directory in
      let record = makeRecord { $0.ranks[0].imagesPerSecond = .infinity }
      #expect(throws: RecordError.notFinite(key: "ranks[0].imagesPerSecond")) {
        try RecordStore.write(record, into: directory)
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: directory)
      #expect(left.isEmpty)
    }
  }
}

/// Runs a body with a temporary directory, which is removed afterwards.
private func withDirectory<Value>(_ body: (String) throws -> Value) throws -> Value {
  let path = FileManager.default.temporaryDirectory
    .appending(path: "run-records-\(UInt64.random(in: 0...UInt64.max))").path
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

private func write(_ text: String, to path: String) throws {
  try Data(text.utf8).write(to: URL(filePath: path))
}
