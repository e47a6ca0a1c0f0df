extension ComparisonRow {
  /// Summarises records of one configuration (at least one) against those among all records
  /// that can serve as their base.
  init?(records: [RunRecord], among all: [RunRecord]) {
    guard let first = records.first else { return nil }
    let seconds = records.map(\.result.trainingSeconds)
    let base = Baseline.choose(for: first, among: all)
    self.init(
      ranks: first.run.ranks, nodes: first.run.nodes,
      hosts: Set(records.flatMap(\.machine.hosts)).sorted(),
      threadsPerRank: first.config.threadsPerRank, binding: first.machine.binding,
      sync: Configuration(first).sync,
      device: first.config.device, cpu: first.machine.cpu, cores: first.machine.cores,
      revision: first.machine.revision, globalBatch: first.config.globalBatch,
      runs: records.count, runIDs: records.map(\.run.id),
      trainingSeconds: Statistics.median(seconds),
      trainingSecondsMin: Statistics.minimum(seconds),
      trainingSecondsMax: Statistics.maximum(seconds),
      imagesPerSecond: Statistics.median(records.compactMap(\.result.imagesPerSecond)),
      speedup: nil, efficiency: nil,
      communicationShare: Self.share(\.communication, records),
      waitShare: Self.share(\.allReduceWait, records),
      transferShare: Self.share(\.allReduceTransfer, records),
      testAccuracy: Statistics.median(records.map(\.result.testAccuracy)), accuracyAgrees: nil,
      testLoss: Statistics.median(records.map(\.result.testLoss)),
      finalLoss: Statistics.median(records.map(\.result.finalLoss)),
      samplesSeen: Statistics.median(records.map { Double($0.result.samplesSeen) }),
      peakMemoryBytes: records.flatMap(\.ranks).map(\.peakMemoryBytes).max() ?? 0,
      replicasEqual: first.result.replicasEqual, baseRuns: base.records.count,
      baseTrainingSeconds: base.trainingSeconds, differences: base.reasons, notes: [])
    compare(first, with: base)
    note(isBase: base.records.contains(first))
  }

  /// The part of all ranks' training time that some phases took; the median over the records.
  private static func share(
    _ part: (PhaseSeconds) -> Double, _ records: [RunRecord]
  ) -> Double? {
    Statistics.median(
      records.compactMap { record in
        Statistics.ratio(
          record.ranks.map(\.phases).map(part).reduce(0, +),
          record.ranks.map(\.trainingSeconds).reduce(0, +))
      })
  }

  private mutating func compare(_ record: RunRecord, with base: Baseline) {
    guard let one = base.records.first, let baseSeconds = base.trainingSeconds else { return }
    let baseSamples = Statistics.median(base.records.map { Double($0.result.samplesSeen) })
    differences = softDifferences(record, one)
    if record.config.scaling == .strong, samplesSeen != baseSamples {
      differences.append(
        "samples seen: \(NumberText.fixed(samplesSeen, 0)) "
          + "against \(NumberText.fixed(baseSamples, 0))")
    }
    if let accuracy = testAccuracy,
      let other = Statistics.median(base.records.map(\.result.testAccuracy))
    {
      let samples = record.work.testSamples
      let agrees = AccuracyRule.agree(accuracy, other, testSamples: samples)
      accuracyAgrees = agrees
      if !agrees { differences.append(Self.accuracyText(accuracy, other, samples)) }
    }
    guard replicasEqual, let trainingSeconds else { return }
    switch record.config.scaling {
    case .strong:
      speedup = Statistics.ratio(baseSeconds, trainingSeconds)
    case .weak:
      // With steps given, p ranks see p times the samples, and this is p T(1)/T(p). With epochs
      // given they see the same samples in fewer steps, where T(1)/T(p) would flatter them.
      speedup = Statistics.ratio(baseSeconds, trainingSeconds).flatMap { times in
        Statistics.ratio((samplesSeen ?? 0) * times, baseSamples ?? 0)
      }
    }
    efficiency = speedup.flatMap { Statistics.ratio($0, Double(ranks)) }
  }

  private func softDifferences(_ record: RunRecord, _ base: RunRecord) -> [String] {
    let pairs = [
      ("threads per rank", "\(threadsPerRank)", "\(base.config.threadsPerRank)"),
      ("binding", binding.rawValue, base.machine.binding.rawValue),
      ("MPI", record.machine.mpi, base.machine.mpi),
      ("BLAS", record.machine.blas, base.machine.blas),
      ("BLAS kernel", record.machine.blasKernel, base.machine.blasKernel),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) against \($0.2)" }
  }

  private static func accuracyText(_ one: Double, _ other: Double, _ samples: Int) -> String {
    let limit = AccuracyRule.limit(one, other, testSamples: samples)
    return "test accuracy: \(NumberText.percent(one, 2)) % against "
      + "\(NumberText.percent(other, 2)) % (differs by \(NumberText.percent(abs(one - other), 2)) "
      + "points, \(NumberText.percent(limit, 2)) would agree)"
  }

  private mutating func note(isBase: Bool) {
    notes = replicasEqual ? differences : [Wording.replicasDiffer] + differences
    if isBase { notes.append("base") }
    if let efficiency, efficiency > 1 { notes.append(Wording.aboveOne) }
    if runs > 1 {
      let spread = trainingSecondsMax.flatMap { high in
        trainingSecondsMin.flatMap { low in
          trainingSeconds.flatMap { Statistics.ratio(high - low, $0) }
        }
      }
      notes.append(
        "median of \(runs) runs, \(NumberText.fixed(trainingSecondsMin, 2)) to "
          + "\(NumberText.fixed(trainingSecondsMax, 2)) s "
          + "(spread \(NumberText.percent(spread, 1)) %)")
    }
  }
}
