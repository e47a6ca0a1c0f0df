/// What two records must share to be repeats of one measurement.
struct Configuration: Hashable {
  let ranks: Int
  let nodes: Int
  let hosts: [String]
  let threadsPerRank: Int
  let binding: BindingClass
  let globalBatch: Int
  let cpu: String
  let cores: Int
  let device: String
  let program: String
  let mpi: String
  let blas: String
  let blasKernel: String
  let replicasEqual: Bool
  let sync: String

  init(_ record: RunRecord) {
    let machine = record.machine
    ranks = record.run.ranks
    nodes = record.run.nodes
    // On one node the host's name says nothing that the CPU does not.
    hosts = record.run.nodes > 1 ? machine.hosts.sorted() : []
    threadsPerRank = record.config.threadsPerRank
    binding = machine.binding
    globalBatch = record.config.globalBatch
    cpu = machine.cpu
    cores = machine.cores
    device = record.config.device
    // A revision of changed files, or none, does not say which program it was: its bytes do.
    let exact = !machine.revision.isEmpty && !machine.revision.contains("dirty")
    program =
      exact
      ? machine.revision : "\(machine.revision) executable \(machine.executableSHA256.prefix(12))"
    mpi = machine.mpi
    blas = machine.blas
    blasKernel = machine.blasKernel
    replicasEqual = record.result.replicasEqual
    // One rank has nobody to exchange with: all ways are one.
    sync = record.run.ranks == 1 ? "" : record.config.sync ?? "allreduce"
  }
}
