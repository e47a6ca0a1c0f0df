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
  /// Core counts that several rows reach in different ways.
  public var sameCores: [EqualCoreComparison]
  /// What the reproducible mode cost where both modes ran alike.
  public var reproducibilityCosts: [ReproducibilityCost]
  /// Commands that would make the missing one-rank runs; empty if none is missing.
  public var baselineCommands: [String]

  private enum CodingKeys: String, CodingKey {
    case work, workHash, scaling, model, data, syntheticData, rows, sameCores, baselineCommands
    case reproducibilityCosts = "prices"
  }

  /// Groups records of one work (at least one), with all records to look for a base in.
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
    pointToSameCores()
  }

  /// Says of rows without a base where else they are compared.
  private mutating func pointToSameCores() {
    for index in rows.indices where rows[index].baseRuns == 0 {
      let ids = rows[index].runIDs
      guard let shown = sameCores.first(where: { $0.alternatives.contains { $0.runIDs == ids } })
      else {
        continue
      }
      rows[index].notes.append("compared under same cores in total (\(shown.cores))")
    }
  }
}
