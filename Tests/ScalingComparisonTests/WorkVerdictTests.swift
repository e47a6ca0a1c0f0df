import FoundationEssentials
import RunRecords
import ScalingComparison
import TestSupport
import Testing

@Suite struct WorkVerdictTests {
  private func make(
    ranks: Int, id: String, _ change: (inout Certificate) -> Void = { _ in }
  ) -> RunRecord {
    makeRecord(ranks: ranks, seconds: 10 / Double(ranks), id: id) {
      $0.certificate = makeCertificate(change)
    }
  }

  /// With several records on a side, the worst pair decides.
  @Test func theVerdictHoldsForEveryPair() throws {
    let ones = [make(ranks: 1, id: "a1"), make(ranks: 1, id: "a2")]
    let good = make(ranks: 2, id: "b1")
    #expect(
      try row(2, of: ones + [good]).verdict == .proved(weightsSHA256: "3f9c1b2a55d0"))

    var rounded = make(ranks: 2, id: "b2") { $0.epochs[1].weightsSHA256 = "1111" }
    rounded.epochs[0].testLoss *= 0.99
    var further = rounded
    further.run.id = "b3"
    further.epochs[0].testLoss *= 0.9 / 0.99
    #expect(
      try row(2, of: ones + [good, rounded, further]).verdict?.text
        == "same work: same samples and steps, epochs' losses equal within 1.0e-01")

    var plain = good
    plain.run.id = "b4"
    plain.certificate = nil
    #expect(try row(2, of: ones + [good, rounded, plain]).verdict == .notCertified)

    let late = make(ranks: 2, id: "b5") { $0.epochs[1].orderHash = "beef" }
    let early = make(ranks: 2, id: "b6") { $0.epochs[0].orderHash = "beef" }
    let found = try row(2, of: ones + [plain, late, early])
    #expect(found.verdict == .differs(what: .order(fromEpoch: 1)))
    #expect(found.speedup == nil)

    // A baseline with contradicting records agrees with no run.
    let other = make(ranks: 1, id: "a3") { $0.initialWeightsSHA256 = "beef" }
    #expect(
      try row(2, of: ones + [other, good]).verdict == .differs(what: .initialWeights))
  }

  /// Without epochs, certificates cannot show whether weights differ.
  @Test func aCertificateWithoutEpochsIsNone() throws {
    let records = [1, 2].map { make(ranks: $0, id: "a\($0)") { $0.epochs = [] } }
    #expect(try row(2, of: records).verdict == .notCertified)
  }

  /// In the reproducible mode, weights that differ are a fault, and outweigh a missing epoch.
  @Test func differingWeightsOutweighTheNumberOfEpochs() throws {
    let records = [1, 2].map { ranks in
      var record = make(ranks: ranks, id: "a\(ranks)") {
        if ranks == 2 { $0.epochs = [.init(orderHash: "0001", weightsSHA256: "beef")] }
      }
      record.config.leaves = 8
      return record
    }
    #expect(
      try row(2, of: records).verdict == .differs(what: .weights(fromEpoch: 1, leaves: 8)))
  }

  @Test func theBaseItselfHasNone() throws {
    #expect(try row(1, of: [make(ranks: 1, id: "a1")]).verdict == nil)
  }

  @Test(
    arguments: [
      .proved(weightsSHA256: "3f9c1b2a55d0"), .withinRounding(lossDifference: 3.1e-5),
      .sameOnEachRank, .notCertified, .differs(what: .order(fromEpoch: 2)),
      .differs(what: .weights(fromEpoch: 1, leaves: 8)),
    ] as [WorkVerdict])
  func aVerdictIsReadBackFromJSON(verdict: WorkVerdict) throws {
    let data = try JSONEncoder().encode([verdict])
    #expect(try JSONDecoder().decode([WorkVerdict].self, from: data) == [verdict])
  }
}
