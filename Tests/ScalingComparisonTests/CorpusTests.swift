import Foundation
import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// Records that version 0.1.0 wrote still decode, lose nothing and compare as they did.
///
/// `Tests/Corpus/records` holds its files as they were; the expected comparisons beside it were
/// printed by the same version, plus the note `1 run: no interval`, which is newer.
@Suite struct CorpusTests {
  private static let directory = "\(Repository.root)/Tests/Corpus"

  private static func records() throws -> [RecordStore.Stored] {
    let contents = try RecordStore.load(directory: "\(directory)/records")
    #expect(contents.skipped.isEmpty)
    return contents.records
  }

  /// New keys are optional: an old record has none of them, and none of its own is lost.
  @Test func recordsAreWrittenAsTheyWereRead() throws {
    let records = try Self.records()
    #expect(records.count == 16)
    let copies = try TemporaryDirectory()
    for stored in records {
      let copy = try RecordStore.write(stored.record, into: copies.path)
      let before = try String(contentsOfFile: stored.file, encoding: .utf8)
      #expect(try String(contentsOfFile: copy, encoding: .utf8) == before)
      #expect(URL(filePath: copy).lastPathComponent == URL(filePath: stored.file).lastPathComponent)
    }
  }

  @Test(arguments: [
    (ComparisonFormat.text, "compare.txt"), (.markdown, "compare.md"), (.csv, "compare.csv"),
    (.json, "compare.json"),
  ])
  func comparisonsAreUnchanged(format: ComparisonFormat, file: String) throws {
    let comparison = Comparison(records: try Self.records().map(\.record))
    let expected = try String(contentsOfFile: "\(Self.directory)/\(file)", encoding: .utf8)
    #expect(try comparison.render(format) + "\n" == expected)
  }
}
