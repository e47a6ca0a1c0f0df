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
  public var sameCores: [SameCores]
  /// Commands that would make the missing one-rank runs; empty if none is missing.
  public var baselineCommands: [String]

  /// Groups records of one work (at least one), with all records to look for a base in.
  init?(records: [RunRecord], among all: [RunRecord]) {
    guard let first = records.first else { return nil }
    work = first.work
    workHash = first.workHash
    scaling = first.config.scaling
    model = first.config.model
    data = first.config.data
    syntheticData = records.contains { $0.config.syntheticData }
    var order: [Configuration] = []
    var repeats: [Configuration: [RunRecord]] = [:]
    for record in records {
      let key = Configuration(record)
      if repeats[key] == nil { order.append(key) }
      repeats[key, default: []].append(record)
    }
    // Stable: configurations with the same number of ranks stay in the order of the records.
    order = order.enumerated().sorted {
      ($0.element.ranks, $0.element.nodes, $0.element.threadsPerRank, $0.offset)
        < ($1.element.ranks, $1.element.nodes, $1.element.threadsPerRank, $1.offset)
    }.map(\.element)
    rows = []
    sameCores = []
    baselineCommands = []
    for key in order {
      guard let same = repeats[key], let row = ComparisonRow(records: same, among: all) else {
        continue
      }
      rows.append(row)
      if row.baseRuns == 0, let command = same.first.map(BaselineCommand.text),
        !baselineCommands.contains(command)
      {
        baselineCommands.append(command)
      }
    }
    sameCores = SameCores.list(rows, scaling: scaling)
  }
}
