import RunRecords
import Statistics
import TextTables

/// Compares the outcome of runs of the same work: samples seen, accuracy and certificates.
package struct OutcomeComparison {
  /// Nil if an accuracy is missing, or was not to be compared.
  let accuracyAgrees: Bool?
  package let verdict: WorkVerdict
  /// Why the times may not be compared, one string per reason.
  package private(set) var obstacles: [String] = []
  /// Differences that are allowed, one string each.
  package private(set) var remarks: [String] = []

  /// Compares repeats of one configuration with a baseline.
  ///
  /// - Parameters:
  ///   - records: the repeats, at least one.
  ///   - base: the records of the baseline, at least one.
  init(of records: [RunRecord], with base: [RunRecord]) {
    self.init(of: records, with: base, verdict: .worst(of: records, against: base))
  }

  /// The same with a verdict that the caller has found.
  ///
  /// - Parameter comparesAccuracy: false for runs that are too short to have one.
  package init(
    of records: [RunRecord], with base: [RunRecord], verdict: WorkVerdict,
    comparesAccuracy: Bool = true
  ) {
    let hasTarget = records.contains { $0.work.targetAccuracy != nil }
    var samples: [String] = []
    if records.first?.config.scaling == .strong {
      samples = Self.samplesSeen(records, base)
    }
    let accuracy = comparesAccuracy ? Self.accuracy(records, base) : nil
    accuracyAgrees = accuracy?.agrees
    self.verdict = verdict

    // With a target accuracy the time to reach it is compared, and the number of epochs may differ.
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
    let (count, baseCount) = (seen(records), seen(base))
    guard count != baseCount else { return [] }
    return [
      "samples seen: \(NumberText.fixed(count, 0)) against \(NumberText.fixed(baseCount, 0))"
    ]
  }

  private static func accuracy(
    _ records: [RunRecord], _ base: [RunRecord]
  ) -> (agrees: Bool, text: String)? {
    guard let samples = records.first?.work.testSamples,
      let value = SampleStatistics.median(records.map(\.result.testAccuracy)),
      let baseValue = SampleStatistics.median(base.map(\.result.testAccuracy))
    else { return nil }
    let limit = AccuracyRule.limit(value, baseValue, testSamples: samples)
    return (
      AccuracyRule.agree(value, baseValue, testSamples: samples),
      "test accuracy: \(NumberText.percent(value, 2)) % against "
        + "\(NumberText.percent(baseValue, 2)) % (differs by "
        + "\(NumberText.percent(abs(value - baseValue), 2)) points, "
        + "\(NumberText.percent(limit, 2)) would agree)"
    )
  }
}
