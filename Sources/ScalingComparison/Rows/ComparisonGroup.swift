import RunRecords

/// The rows of one work, by number of ranks.
public struct ComparisonGroup: Codable, Equatable, Sendable {
  public var work: Work
  public var workHash: String
  public var scaling: Scaling
  public var model: String
  public var data: String
  public var syntheticData: Bool
  public var rows: [ComparisonRow]
  /// Comparisons of rows that use the same number of cores with different rank counts.
  public var sameCores: [EqualCoreComparison]
  /// The cost of the reproducible mode, for rows that differ only in the mode.
  public var reproducibilityCosts: [ReproducibilityCost]
  /// Commands that make the missing one-rank runs; empty if none is missing.
  public var baselineCommands: [String]

  private enum CodingKeys: String, CodingKey {
    case work, workHash, scaling, model, data, syntheticData, rows, sameCores, baselineCommands
    case reproducibilityCosts = "prices"
  }

  /// Groups records of one work (at least one); baselines are searched among all records.
  init?(records: [RunRecord], among all: [RunRecord]) {
    guard let first = records.first else { return nil }
    let repeats = Repeats.group(records)
    work = first.work
    workHash = first.workHash
    scaling = first.config.scaling
    model = first.config.model
    data = first.config.data
    syntheticData = records.contains { $0.config.syntheticData }
    rows = repeats.compactMap { ComparisonRow(records: $0.records, among: all) }
    sameCores = EqualCoreComparison.list(repeats, scaling: scaling)
    reproducibilityCosts = ReproducibilityCost.list(repeats)
    baselineCommands = []
    for row in rows where row.baseRuns == 0 {
      let record = records.first { row.runIDs.contains($0.run.id) }
      if let command = record.flatMap(BaselineCommand.text), !baselineCommands.contains(command) {
        baselineCommands.append(command)
      }
    }
    noteSameCores()
    noteSingleRuns()
  }

  /// Adds a note to rows without a baseline that are compared by total cores.
  private mutating func noteSameCores() {
    for index in rows.indices where rows[index].baseRuns == 0 {
      let ids = rows[index].runIDs
      guard let shown = sameCores.first(where: { $0.alternatives.contains { $0.runIDs == ids } })
      else {
        continue
      }
      rows[index].notes.append("compared under same cores in total (\(shown.cores))")
    }
  }

  /// Adds the last note of rows that summarise one run only.
  private mutating func noteSingleRuns() {
    for index in rows.indices where rows[index].runs == 1 {
      rows[index].notes.append(ComparisonPhrases.singleRun)
    }
  }
}
