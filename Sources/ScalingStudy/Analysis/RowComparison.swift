import RunRecords
import ScalingComparison
import Statistics

/// A row compared with the one-rank runs of its blocks: ratios, or the reasons why there are none.
struct RowComparison {
  /// T(1)/T(p), times the ratio of samples under weak scaling; one value for each block.
  private(set) var speedups: [Double] = []
  /// T(p) for the samples of the one-rank runs; one value for each block.
  private(set) var scaledSeconds: [Double] = []
  /// Whether speedups are ratios of blocks, and not one ratio of medians.
  let isPaired: Bool
  /// Nil for one rank and without a baseline.
  private(set) var verdict: WorkVerdict?
  /// Why there are no ratios.
  private(set) var faults: [String] = []
  private(set) var remarks: [String] = []
  /// The one-rank runs, each once or more.
  let bases: [RunFacts]

  init(_ row: RowKey, _ runs: [RunFacts], in table: BlockTable) {
    let base = table.base(of: row)
    let pairs = base.map { table.pairs(row, with: $0) } ?? []
    isPaired = !pairs.isEmpty
    bases = isPaired ? pairs.map(\.base) : base.map(table.runs) ?? []
    for fault in runs.flatMap(\.faults) where !faults.contains(fault) { faults.append(fault) }
    if row.ranks > 1 { compare(runs, pairs) }
    guard faults.isEmpty else { return }
    if isPaired {
      for (run, base) in pairs { add(run.seconds, base.seconds, Self.factor([run], [base])) }
    } else if let own = SampleStatistics.median(runs.map(\.seconds)),
      let alone = SampleStatistics.median(bases.map(\.seconds))
    {
      add(own, alone, Self.factor(runs, bases))
    }
  }

  private mutating func add(_ seconds: Double, _ base: Double, _ factor: Double?) {
    guard let factor, let ratio = SampleStatistics.ratio(base, seconds),
      let scaled = SampleStatistics.ratio(seconds, factor)
    else { return }
    speedups.append(factor * ratio)
    scaledSeconds.append(scaled)
  }

  /// The ratio of samples under weak scaling; 1 under strong scaling.
  static func factor(_ runs: [RunFacts], _ bases: [RunFacts]) -> Double? {
    guard runs.first?.record.config.scaling == .weak else { return 1 }
    guard let own = samples(runs), let base = samples(bases) else { return nil }
    return SampleStatistics.ratio(own, base)
  }

  private static func samples(_ runs: [RunFacts]) -> Double? {
    SampleStatistics.median(runs.map { Double($0.record.result.samplesSeen) })
  }

  private mutating func compare(
    _ runs: [RunFacts], _ pairs: [(run: RunFacts, base: RunFacts)]
  ) {
    guard let first = runs.first else { return }
    guard let base = bases.first else {
      faults.append("no one-rank run with as many threads to compare with")
      return
    }
    let differences = first.conditions.differences(from: base.conditions)
    if !differences.isEmpty {
      faults += ["no one-rank run under the same conditions"] + differences
    }
    for fault in bases.flatMap(\.faults).map({ "the one-rank run: \($0)" })
    where !faults.contains(fault) {
      faults.append(fault)
    }
    // Outside blocks no two runs belong together: each is compared with the first of the others.
    let compared =
      isPaired
      ? pairs.map { ($0.run.record, $0.base.record) }
      : runs.map { ($0.record, base.record) } + bases.map { (first.record, $0.record) }
    let short = Self.shortness(runs, bases)
    let outcome = OutcomeComparison(
      of: runs.map(\.record), with: bases.map(\.record), verdict: .worst(of: compared),
      comparesAccuracy: short == nil)
    verdict = outcome.verdict
    faults += outcome.obstacles
    remarks = outcome.remarks + (short.map { ["accuracy not compared: \($0)"] } ?? [])
  }

  /// Why the accuracies of the runs are not to be compared; nil if they are.
  private static func shortness(_ runs: [RunFacts], _ bases: [RunFacts]) -> String? {
    let all = runs + bases
    if all.contains(where: { $0.record.result.samplesSeen < $0.record.work.trainingSamples }) {
      return "the runs are shorter than an epoch"
    }
    // Under weak scaling with a number of steps, more ranks train more samples.
    let isWeak = runs.first?.record.config.scaling == .weak
    return isWeak && samples(runs) != samples(bases)
      ? "more ranks trained other numbers of samples" : nil
  }
}
