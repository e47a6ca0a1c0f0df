import FoundationEssentials
import RunRecords
import SystemSupport

/// Compares released records in which the input replaced some values, and prints the comparison.
///
/// The first two bytes select two records and a format. After them, each four bytes select a record,
/// one of its values, and what replaces it. A record that is still accepted must be comparable,
/// whatever its numbers are.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzComparison(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = FuzzInput(start, count)
  let first = input.byte()
  let format = ComparisonFormat.allCases[input.byte() % ComparisonFormat.allCases.count]
  var edited = (0..<2).map { released[(first + $0) % released.count] }
  while input.rest.count >= 4 {
    let index = input.byte() % edited.count
    edited[index].replaceScalar(input.number(), by: replacements[input.byte() % replacements.count])
  }
  let records = edited.compactMap { try? JSONDecoder().decode(RunRecord.self, from: $0.data) }
  guard !records.isEmpty else { return 0 }
  let comparison = Comparison(records: records)
  let runs = comparison.groups.flatMap(\.rows).flatMap(\.runIDs)
  require(Set(runs) == Set(records.map(\.run.id)), "a row for each run")
  do {
    require(try !comparison.render(format).isEmpty, "a table")
  } catch {
    require(format == .json && error is NotFiniteError, "only JSON has no infinity: \(error)")
    requireOneLine(error)
  }
  if first & 128 != 0 { require(!RankTable.text(records[0]).isEmpty, "a table of ranks") }
  return 0
}

private let replacements = [
  "0", "1", "2", "-1", "3", "64", "\(Int.max)", "\(Int.min)", "\(UInt64.max)", "1e308", "-1e308",
  "5e-324", "1e19", "-1e19", "0.5", "1e-9", "null", "true", "false", #""""#, #""a\nb""#, #""cuda""#,
  #""cuda GPU-1 NVIDIA H200""#, #""weak""#, #""strong""#, #""none""#, "[]", "[0]", "[0,0]",
  "[\(Int.max),\(Int.max),\(Int.min)]", #"["forward"]"#, "4096", "1000000",
]

/// The records of the comparison corpus, in parts.
private let released: [RecordText] = {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "Tests/Corpus/records")) ?? []
  return names.sorted().map { name in
    RecordText((try? SafeFile.read("Tests/Corpus/records/\(name)")) ?? Data())
  }
}()

/// JSON whose scalars can be replaced.
private struct RecordText {
  private var parts: [String] = []
  /// The indices of the scalars among the parts.
  private var scalars: [Int] = []

  init(_ json: Data) {
    var start = json.startIndex
    var isText = false
    func isEnd(_ byte: UInt8) -> Bool { ",:[]{}\n".utf8.contains(byte) }
    for index in json.indices {
      if json[index] == UInt8(ascii: "\"") { isText.toggle() }
      guard !isText, isEnd(json[index]) else { continue }
      let part = String(decoding: json[start..<index], as: UTF8.self)
      let isKey = json[index] == UInt8(ascii: ":")
      if !isKey, part.contains(where: { !$0.isWhitespace }) { scalars.append(parts.count) }
      parts += [part, String(UnicodeScalar(json[index]))]
      start = index + 1
    }
  }

  mutating func replaceScalar(_ number: Int, by text: String) {
    guard !scalars.isEmpty else { return }
    parts[scalars[number % scalars.count]] = text
  }

  var data: Data { Data(parts.joined().utf8) }
}
