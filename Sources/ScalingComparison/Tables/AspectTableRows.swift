import RunRecords
import TextTables

/// The rows of the aspect table.
struct AspectTableRows {
  /// One aspect; every string of a cell starts a new line.
  struct Row {
    let name: String
    let single: [String]
    let multi: [String]
  }

  let base: [RunRecord]
  let multi: RunRecord
  private let one: ComparisonRow?
  private let several: ComparisonRow?
  private let localBatchLoss: LocalBatchLoss?

  init(single: [RunRecord], multi: RunRecord) {
    self.multi = multi
    // The run itself is excluded: it must not be its own baseline.
    let records = single.filter { $0.run.id != multi.run.id }
    base = Comparison.baselines(for: multi, among: records)
    one = ComparisonRow(records: base, among: base)
    several = ComparisonRow(records: [multi], among: records)
    localBatchLoss = LocalBatchLoss(of: multi, base: base, among: records)
  }

  var rows: [Row] {
    guard let several else { return [] }
    return [
      Row(
        name: "hardware used", single: base.first.map(hardware) ?? missing,
        multi: hardware(multi)),
      Row(
        name: "performance", single: one.map(performance) ?? missing, multi: performance(several)),
      Row(name: "speedup", single: one.map { _ in ["1.00"] } ?? missing, multi: [speedup]),
      Row(
        name: "parallel efficiency", single: one.map { _ in ["1.00"] } ?? missing,
        multi: [efficiency] + (several.efficiency == nil ? [] : localBatchLoss?.text ?? [])),
      Row(
        name: "communication share", single: one.map(communication) ?? missing,
        multi: communication(several)),
      Row(
        name: "memory per rank", single: one.map(memory) ?? missing, multi: memory(several)),
      Row(
        name: "test accuracy", single: one.map { [accuracy($0)] } ?? missing,
        multi: [accuracy(several) + accuracyVerdict]),
      Row(
        name: "loss", single: one.map { [losses($0)] } ?? missing,
        multi: [losses(several)] + lossDifference),
      Row(name: "same work", single: sameWork.single, multi: sameWork.multi),
      bestUse(several),
    ]
  }

  private var missing: [String] { ["no comparable run"] }

  private func hardware(_ record: RunRecord) -> [String] {
    let threads = NumberText.count(record.config.threadsPerRank, "thread", "threads")
    return [
      "\(NumberText.count(record.run.ranks, "rank", "ranks")) on "
        + "\(NumberText.count(record.run.nodes, "node", "nodes")), \(threads) per rank",
      "binding: \(record.machine.binding.rawValue)",
    ] + devices(record)
  }

  private func devices(_ record: RunRecord) -> [String] {
    let cpu =
      "cpu: \(record.machine.cpu), " + NumberText.count(record.machine.cores, "core", "cores")
    if record.config.device == "cpu" { return [cpu] }
    // A device that several ranks share is listed once.
    let names = Dictionary(grouping: record.ranks, by: \.device).values.compactMap { sharers in
      sharers[0].gpuModel.map { $0 + (sharers.count > 1 ? ", shared device" : "") }
    }
    return Dictionary(grouping: names) { $0 }.sorted { $0.key < $1.key }.map { name, all in
      "\(record.config.device): " + (all.count > 1 ? "\(all.count) x " : "") + name
    } + [cpu]
  }

  private func performance(_ row: ComparisonRow) -> [String] {
    let median = row.runs > 1 ? " (median of \(row.runs) runs)" : ""
    return [
      "\(SecondsText.text(row.trainingSeconds)) s training" + median,
      "\(NumberText.fixed(row.imagesPerSecond, 0)) images/s",
    ] + (row.runs > 1 ? [] : [ComparisonPhrases.singleRun])
  }

  private var speedup: String {
    guard let several, let speedup = several.speedup else { return "not given (see same work)" }
    return NumberText.fixed(speedup, 2) + (several.differences.isEmpty ? "" : " (see same work)")
  }

  private var efficiency: String {
    guard let efficiency = several?.efficiency else { return "not given" }
    return NumberText.fixed(efficiency, 2)
      + (efficiency > 1 ? " (\(SuperlinearEfficiency.explanation([multi], base: base)))" : "")
  }

  private func communication(_ row: ComparisonRow) -> [String] {
    [
      "\(NumberText.percent(row.communicationShare, 1)) % of the training time",
      (row.sync.isEmpty ? "" : "by \(row.sync): ")
        + "waiting \(NumberText.percent(row.waitShare, 1)) %, "
        + "transfer \(NumberText.percent(row.transferShare, 1)) %",
    ]
  }

  private func memory(_ row: ComparisonRow) -> [String] {
    ["\(NumberText.megabytes(row.peakMemoryBytes)) (largest peak)"]
  }

  private func accuracy(_ row: ComparisonRow) -> String {
    "\(NumberText.percent(row.testAccuracy, 2)) %"
  }

  private var accuracyVerdict: String {
    guard let several, let agrees = several.accuracyAgrees,
      let accuracy = several.testAccuracy, let baseAccuracy = one?.testAccuracy
    else { return "" }
    return agrees
      ? " (agrees)"
      : " (differs by \(NumberText.percent(abs(accuracy - baseAccuracy), 2)) points)"
  }

  private func losses(_ row: ComparisonRow) -> String {
    "\(NumberText.fixed(row.finalLoss, 4)) last step, \(NumberText.fixed(row.testLoss, 4)) test"
  }

  private var lossDifference: [String] {
    guard let loss = several?.testLoss, let baseLoss = one?.testLoss else { return [] }
    return ["test loss differs by \(NumberText.fixed(abs(loss - baseLoss), 4))"]
  }

  private var sameWork: (single: [String], multi: [String]) {
    guard let several, let one else {
      return (missing, several?.differences ?? [])
    }
    let facts = { (row: ComparisonRow) in
      [
        "mode: \(ComparisonPhrases.mode(row.leaves))",
        "samples seen: \(NumberText.fixed(row.samplesSeen, 0))",
      ]
    }
    let verdict = several.verdict.map { [$0.text] } ?? []
    let others = several.differences.filter { !verdict.contains($0) }
    return (
      ["work \(multi.workHash.prefix(12))"] + facts(one),
      ["equal work, machine, program, threads, binding"] + facts(several) + verdict
        + (several.differences.isEmpty ? ["nothing checked differs"] : others)
    )
  }

  private func bestUse(_ several: ComparisonRow) -> Row {
    let advice = Recommendation(row: several, base: base, multi: multi)
    return Row(
      name: "best use", single: advice.favoursSingle ? [advice.sentence] : [],
      multi: advice.favoursSingle ? [] : [advice.sentence])
  }
}
