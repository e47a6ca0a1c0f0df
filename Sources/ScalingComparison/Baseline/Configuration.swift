import RunRecords

/// What two records must share to be repeats of one measurement.
struct Configuration: Hashable {
  let ranks: Int
  let nodes: Int
  let hosts: [String]
  let globalBatch: Int
  let sync: String
  let replicasEqual: Bool
  let isMeasurement: Bool
  var conditions: Conditions

  init(_ record: RunRecord) {
    ranks = record.run.ranks
    nodes = record.run.nodes
    // On one node the host's name says nothing that the CPU does not.
    hosts = record.run.nodes > 1 ? record.machine.hosts.sorted() : []
    globalBatch = record.config.globalBatch
    // One rank has nobody to exchange with: all ways are one.
    sync = record.run.ranks == 1 ? "" : record.config.sync ?? "allreduce"
    replicasEqual = record.result.replicasEqual
    isMeasurement = MeasurementValidity.texts(of: record).isEmpty
    conditions = Conditions(record)
  }

  /// Threads of all ranks, a core for each.
  var totalCores: Int { ranks * conditions.threadsPerRank }
}
