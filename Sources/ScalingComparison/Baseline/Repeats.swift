import RunRecords
import Statistics

/// The records of one configuration.
struct Repeats {
  let configuration: Configuration
  let records: [RunRecord]

  /// Groups records of one work, by ranks, nodes and threads; else in the order of the records.
  static func group(_ records: [RunRecord]) -> [Repeats] {
    var order: [Configuration] = []
    var repeats: [Configuration: [RunRecord]] = [:]
    for record in records {
      let key = Configuration(record)
      if repeats[key] == nil { order.append(key) }
      repeats[key, default: []].append(record)
    }
    // Made stable by the offset.
    return order.enumerated().sorted {
      ($0.element.ranks, $0.element.nodes, $0.element.conditions.threadsPerRank, $0.offset)
        < ($1.element.ranks, $1.element.nodes, $1.element.conditions.threadsPerRank, $1.offset)
    }.map { Repeats(configuration: $0.element, records: repeats[$0.element] ?? []) }
  }

  var runIDs: [String] { records.map(\.run.id) }

  /// Median over the records.
  var trainingSeconds: Double? { SampleStatistics.median(records.map(\.result.trainingSeconds)) }

  /// Whether the times may be set against others at all.
  var isValid: Bool { configuration.replicasEqual && configuration.isMeasurement }

  /// Whether what came out is the same as what came out of others.
  func agrees(with others: Repeats) -> Bool {
    OutcomeComparison(of: records, with: others.records).obstacles.isEmpty
  }
}
