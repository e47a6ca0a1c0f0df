import RunRecords
import ScalingComparison
import TestSupport
import Testing

/// Two records, one thing changed: whether the second counts against the first, and what is said.
struct GateCase: Sendable, CustomTestStringConvertible {
  let what: String
  let counts: Bool
  /// All notes of the second record's row, in order.
  let notes: [String]
  /// Changes a record of one rank and one of two.
  let change: @Sendable (inout RunRecord, inout RunRecord) -> Void

  init(
    _ what: String, counts: Bool, _ notes: [String],
    _ change: @escaping @Sendable (inout RunRecord, inout RunRecord) -> Void
  ) {
    self.what = what
    self.counts = counts
    self.notes = notes
    self.change = change
  }

  var testDescription: String { what }

  /// Records that count against each other, with the change.
  var records: (one: RunRecord, two: RunRecord) {
    var one = makeRecord { $0.certificate = makeCertificate() }
    var two = makeRecord(ranks: 2, seconds: 6.25, id: "b2") { $0.certificate = makeCertificate() }
    change(&one, &two)
    return (one, two)
  }
}

/// Every rule broken once, in pairs of records.
@Suite struct GateTests {
  @Test(
    arguments: GateCase.work + GateCase.conditions + GateCase.disturbances + GateCase.outcomes
      + GateCase.certificates + GateCase.aboveOne)
  func aRowCountsOrSaysWhyNot(_ gate: GateCase) throws {
    let (one, two) = gate.records
    let comparison = Comparison(records: [one, two])
    let row = try #require(comparison.row(of: two))
    #expect(row.notes == gate.notes)
    #expect((row.speedup != nil) == gate.counts)
    #expect((row.efficiency != nil) == gate.counts)
    if gate.counts {
      #expect(row.speedup == one.result.trainingSeconds / two.result.trainingSeconds)
    }

    let text = try comparison.render(.text)
    #expect(text.contains(" -! ") == !gate.counts)
    #expect(text.contains("! does not count: see the notes") == !gate.counts)
    for note in gate.notes {
      #expect(text.contains("  \(note)"))
      #expect(try comparison.render(.markdown).contains(note))
      #expect(try comparison.render(.csv).contains(note))
      #expect(try comparison.render(.json).contains(note))
    }
    #expect(
      AspectTable.text(single: [one], multi: two).contains("not given (see same work)")
        == !gate.counts)
  }
}
