import RunRecords
import Statistics
import TextTables

extension ComparisonRow {
  /// Summarises records of one configuration (at least one) and compares them with their baseline.
  ///
  /// The baseline is searched among all records.
  init?(records: [RunRecord], among all: [RunRecord]) {
    guard let first = records.first else { return nil }
    let seconds = records.map(\.result.trainingSeconds)
    let base = Baseline.choose(for: first, among: all)
    let configuration = Configuration(first)
    let faults = Self.faults(records)
    // The faults of a one-rank run already state why it is not its own baseline.
    let reasons = first.run.ranks == 1 && !faults.isEmpty ? [] : base.reasons
    self.init(
      ranks: first.run.ranks, nodes: first.run.nodes,
      hosts: Set(records.flatMap(\.machine.hosts)).sorted(),
      threadsPerRank: first.config.threadsPerRank, binding: first.machine.binding,
      sync: configuration.sync, leaves: first.config.leaves,
      device: first.config.device, cpu: first.machine.cpu, cores: first.machine.cores,
      revision: first.machine.revision, globalBatch: first.config.globalBatch,
      runs: records.count, runIDs: records.map(\.run.id),
      trainingSeconds: SampleStatistics.median(seconds),
      trainingSecondsMin: SampleStatistics.minimum(seconds),
      trainingSecondsMax: SampleStatistics.maximum(seconds),
      imagesPerSecond: SampleStatistics.median(records.compactMap(\.result.imagesPerSecond)),
      speedup: nil, efficiency: nil,
      communicationShare: Self.share(\.communication, records),
      waitShare: Self.share(\.allReduceWait, records),
      transferShare: Self.share(\.allReduceTransfer, records),
      testAccuracy: SampleStatistics.median(records.map(\.result.testAccuracy)),
      accuracyAgrees: nil,
      testLoss: SampleStatistics.median(records.map(\.result.testLoss)),
      finalLoss: SampleStatistics.median(records.map(\.result.finalLoss)),
      samplesSeen: SampleStatistics.median(records.map { Double($0.result.samplesSeen) }),
      peakMemoryBytes: records.flatMap(\.ranks).map(\.peakMemoryBytes).max() ?? 0,
      replicasEqual: first.result.replicasEqual, isMeasurement: configuration.isMeasurement,
      verdict: nil, baseRuns: base.records.count, baseTrainingSeconds: base.trainingSeconds,
      differences: faults + reasons, notes: [])
    compare(records, with: base)
    note(records, base)
  }

  /// The share of some phases in the training time of all ranks; the median over the records.
  private static func share(
    _ part: (PhaseSeconds) -> Double, _ records: [RunRecord]
  ) -> Double? {
    SampleStatistics.median(
      records.compactMap { record in
        SampleStatistics.ratio(
          record.ranks.map(\.phases).map(part).reduce(0, +),
          record.ranks.map(\.trainingSeconds).reduce(0, +))
      })
  }

  /// Why the records are invalid, apart from any comparison.
  private static func faults(_ records: [RunRecord]) -> [String] {
    var faults =
      records.allSatisfy(\.result.replicasEqual) ? [] : [ComparisonPhrases.replicasDiffer]
    for text in records.flatMap(MeasurementValidity.texts).map(ComparisonPhrases.notMeasured)
    where !faults.contains(text) {
      faults.append(text)
    }
    return faults
  }

  private mutating func compare(_ records: [RunRecord], with base: Baseline) {
    guard !base.records.isEmpty else { return }
    let agreement = OutcomeComparison(of: records, with: base.records)
    accuracyAgrees = agreement.accuracyAgrees
    if !isBase(base) { verdict = agreement.verdict }
    differences += agreement.obstacles
    if differences.isEmpty { count(against: base, records.first?.config.scaling ?? .strong) }
    differences += agreement.remarks
  }

  private func isBase(_ base: Baseline) -> Bool {
    base.records.contains { runIDs.contains($0.run.id) }
  }

  private mutating func count(against base: Baseline, _ scaling: Scaling) {
    guard let trainingSeconds, let baseSeconds = base.trainingSeconds else { return }
    switch scaling {
    case .strong:
      speedup = SampleStatistics.ratio(baseSeconds, trainingSeconds)
    case .weak:
      // With a fixed number of steps, p ranks see p times the samples, and this is p T(1)/T(p).
      // With a fixed number of epochs they see the same samples in fewer steps: p T(1)/T(p) would
      // be too large, and this is T(1)/T(p).
      let baseSamples = SampleStatistics.median(base.records.map { Double($0.result.samplesSeen) })
      speedup = SampleStatistics.ratio(baseSeconds, trainingSeconds).flatMap { times in
        SampleStatistics.ratio((samplesSeen ?? 0) * times, baseSamples ?? 0)
      }
    }
    efficiency = speedup.flatMap { SampleStatistics.ratio($0, Double(ranks)) }
  }

  private mutating func note(_ records: [RunRecord], _ base: Baseline) {
    notes = differences
    if let text = verdict?.text, !notes.contains(text) { notes.append(text) }
    if isBase(base) { notes.append("base") }
    if let efficiency, efficiency > 1 {
      notes.append(SuperlinearEfficiency.explanation(records, base: base.records))
    }
    if runs > 1 {
      let spread = SampleStatistics.spread(records.map(\.result.trainingSeconds))
      notes.append(
        "median of \(runs) runs, \(SecondsText.text(trainingSecondsMin, of: trainingSeconds)) to "
          + "\(SecondsText.text(trainingSecondsMax, of: trainingSeconds)) s "
          + "(spread \(NumberText.percent(spread, 1)) %)")
    }
  }
}
