import RunRecords

/// The properties that two records must share to be repeats of one measurement.
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
    // On one node the CPU describes the hardware, whatever the host's name.
    hosts = record.run.nodes > 1 ? record.machine.hosts.sorted() : []
    globalBatch = record.config.globalBatch
    // One rank exchanges nothing: its exchange method makes no difference.
    sync = record.run.ranks == 1 ? "" : record.config.sync ?? "allreduce"
    replicasEqual = record.result.replicasEqual
    isMeasurement = MeasurementValidity.texts(of: record).isEmpty
    conditions = Conditions(record)
  }

  /// The number of threads of all ranks, with one core for each thread.
  var totalCores: Int { ranks * conditions.threadsPerRank }
}
