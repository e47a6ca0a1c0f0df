import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// Two records with one change, and whether the second may then be compared with the first.
struct ComparabilityCase: Sendable, CustomTestStringConvertible {
  let what: String
  /// Whether the second record's row has a speedup.
  let comparable: Bool
  /// The notes of the second record's row, in order, without the last (`singleRun`).
  let notes: [String]
  /// Changes a record of one rank and one of two.
  let change: @Sendable (inout RunRecord, inout RunRecord) -> Void

  init(
    _ what: String, comparable: Bool, _ notes: [String],
    _ change: @escaping @Sendable (inout RunRecord, inout RunRecord) -> Void
  ) {
    self.what = what
    self.comparable = comparable
    self.notes = notes
    self.change = change
  }

  var testDescription: String { what }

  /// Two comparable records, with the change applied.
  var records: (one: RunRecord, two: RunRecord) {
    var one = makeRecord { $0.certificate = makeCertificate() }
    var two = makeRecord(ranks: 2, seconds: 6.25, id: "b2") { $0.certificate = makeCertificate() }
    change(&one, &two)
    return (one, two)
  }
}

/// Every rule of comparability, broken once in a pair of records.
@Suite struct ComparabilityTests {
  @Test(
    arguments: ComparabilityCase.work + ComparabilityCase.conditions
      + ComparabilityCase.disturbances + ComparabilityCase.outcomes
      + ComparabilityCase.certificates + ComparabilityCase.superlinear)
  func aRowHasASpeedupOrTheReasonWhyNot(_ example: ComparabilityCase) throws {
    let (one, two) = example.records
    let comparison = Comparison(records: [one, two])
    let row = try #require(comparison.row(of: two))
    #expect(row.notes == example.notes + [singleRun])
    #expect((row.speedup != nil) == example.comparable)
    #expect((row.efficiency != nil) == example.comparable)
    if example.comparable {
      #expect(row.speedup == one.result.trainingSeconds / two.result.trainingSeconds)
    }

    let text = try comparison.render(.text)
    #expect(text.contains(" -! ") == !example.comparable)
    #expect(text.contains("! does not count: see the notes") == !example.comparable)
    for note in row.notes {
      #expect(text.contains("  \(note)"))
      #expect(try comparison.render(.markdown).contains(note))
      #expect(try comparison.render(.csv).contains(note))
      #expect(try comparison.render(.json).contains(note))
    }
    #expect(
      AspectTable.text(single: [one], multi: two).contains("not given (see same work)")
        == !example.comparable)
  }
}
