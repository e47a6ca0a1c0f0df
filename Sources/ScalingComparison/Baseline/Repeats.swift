import RunRecords
import Statistics

/// The records of one configuration.
struct Repeats {
  let configuration: Configuration
  let records: [RunRecord]

  /// Groups records of one work; sorted by ranks, nodes and threads, then as the records are.
  static func group(_ records: [RunRecord]) -> [Repeats] {
    var order: [Configuration] = []
    var repeats: [Configuration: [RunRecord]] = [:]
    for record in records {
      let key = Configuration(record)
      if repeats[key] == nil { order.append(key) }
      repeats[key, default: []].append(record)
    }
    // The offset makes the sort stable.
    return order.enumerated().sorted {
      ($0.element.ranks, $0.element.nodes, $0.element.conditions.threadsPerRank, $0.offset)
        < ($1.element.ranks, $1.element.nodes, $1.element.conditions.threadsPerRank, $1.offset)
    }.map { Repeats(configuration: $0.element, records: repeats[$0.element] ?? []) }
  }

  var runIDs: [String] { records.map(\.run.id) }

  /// Median over the records.
  var trainingSeconds: Double? { SampleStatistics.median(records.map(\.result.trainingSeconds)) }

  /// Whether the times may be compared with others at all.
  var isValid: Bool { configuration.replicasEqual && configuration.isMeasurement }

  /// Whether samples seen, accuracy and certificates agree with those of other repeats.
  func agrees(with others: Repeats) -> Bool {
    OutcomeComparison(of: records, with: others.records).obstacles.isEmpty
  }
}
