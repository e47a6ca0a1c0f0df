import RunRecords
import Statistics
import TextTables

/// Whether what came out of some runs is what came out of others of the same work.
struct OutcomeComparison {
  let accuracyAgrees: Bool?
  let verdict: WorkVerdict
  /// Why the times may not be set against each other, one text each.
  private(set) var obstacles: [String] = []
  /// What differs and may, one text each.
  private(set) var remarks: [String] = []

  /// - Parameters:
  ///   - records: repeats of one configuration, at least one.
  ///   - base: those that they are held against, at least one.
  init(of records: [RunRecord], with base: [RunRecord]) {
    let hasTarget = records.contains { $0.work.targetAccuracy != nil }
    var samples: [String] = []
    if records.first?.config.scaling == .strong {
      samples = Self.samplesSeen(records, base)
    }
    let accuracy = Self.accuracy(records, base)
    accuracyAgrees = accuracy?.agrees
    verdict = WorkVerdict.worst(of: records, against: base)

    // Who asks for an accuracy asks for the time to it: an epoch more or less belongs to the answer.
    if hasTarget {
      remarks = samples.map { "\($0), until the target accuracy" }
    } else {
      obstacles = samples
    }
    if let accuracy, !accuracy.agrees { obstacles.append(accuracy.text) }
    if case .differs(let what) = verdict, !(hasTarget && what == .epochCount) {
      obstacles.append(verdict.text)
    }
  }

  private static func samplesSeen(_ records: [RunRecord], _ base: [RunRecord]) -> [String] {
    func seen(_ records: [RunRecord]) -> Double? {
      SampleStatistics.median(records.map { Double($0.result.samplesSeen) })
    }
    let (mine, other) = (seen(records), seen(base))
    guard mine != other else { return [] }
    return ["samples seen: \(NumberText.fixed(mine, 0)) against \(NumberText.fixed(other, 0))"]
  }

  private static func accuracy(
    _ records: [RunRecord], _ base: [RunRecord]
  ) -> (agrees: Bool, text: String)? {
    guard let samples = records.first?.work.testSamples,
      let mine = SampleStatistics.median(records.map(\.result.testAccuracy)),
      let other = SampleStatistics.median(base.map(\.result.testAccuracy))
    else { return nil }
    let limit = AccuracyRule.limit(mine, other, testSamples: samples)
    return (
      AccuracyRule.agree(mine, other, testSamples: samples),
      "test accuracy: \(NumberText.percent(mine, 2)) % against "
        + "\(NumberText.percent(other, 2)) % (differs by "
        + "\(NumberText.percent(abs(mine - other), 2)) points, "
        + "\(NumberText.percent(limit, 2)) would agree)"
    )
  }
}
