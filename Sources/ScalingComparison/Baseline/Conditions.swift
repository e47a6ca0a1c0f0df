import RunRecords

/// The conditions, besides the work, that a run and its baseline must have in common.
///
/// Runs of equal work and conditions differ only in ranks, nodes, hosts and the gradient exchange
/// method.
package struct Conditions: Hashable {
  let cpu: String
  let cores: Int
  let device: String
  /// The models of GPUs, each once; empty on CPUs.
  let gpus: String
  let cuda: String
  let program: String
  let mpi: String
  let blas: String
  let blasKernel: String
  let convolution: String
  /// Leaves of the reproducible mode; nil in the fast mode.
  package var leaves: Int?
  package var threadsPerRank: Int
  package var binding: BindingClass

  package init(_ record: RunRecord) {
    let machine = record.machine
    cpu = machine.cpu
    cores = machine.cores
    device = record.config.device
    gpus = Set(record.ranks.compactMap(\.gpuModel)).sorted().joined(separator: " and ")
    cuda = machine.cuda ?? "none"
    // A missing or dirty revision does not identify the program; the hash of its file does.
    let exact = !machine.revision.isEmpty && !machine.revision.contains("dirty")
    program =
      exact
      ? machine.revision : "\(machine.revision) executable \(machine.executableSHA256.prefix(12))"
    mpi = machine.mpi
    blas = machine.blas
    blasKernel = machine.blasKernel
    convolution = record.config.convolution ?? "not recorded"
    leaves = record.config.leaves
    threadsPerRank = record.config.threadsPerRank
    binding = machine.binding
  }

  /// The conditions without threads per rank and binding.
  ///
  /// Configurations that use the same cores with different numbers of ranks always differ in these.
  package var withAnyThreads: Conditions {
    var conditions = self
    (conditions.threadsPerRank, conditions.binding) = (0, .none)
    return conditions
  }

  /// The differences from the conditions of a baseline, one string each.
  package func differences(from base: Conditions) -> [String] {
    let pairs = [
      ("machine.cpu", cpu, base.cpu),
      ("machine.cores", "\(cores)", "\(base.cores)"),
      ("device", device, base.device),
      ("GPU", gpus, base.gpus),
      ("CUDA", cuda, base.cuda),
      ("revision", program, base.program),
      ("MPI", mpi, base.mpi),
      ("BLAS", blas, base.blas),
      ("BLAS kernel", blasKernel, base.blasKernel),
      ("convolution", convolution, base.convolution),
      ("mode", ComparisonPhrases.mode(leaves), ComparisonPhrases.mode(base.leaves)),
      ("threads per rank", "\(threadsPerRank)", "\(base.threadsPerRank)"),
      ("binding", binding.rawValue, base.binding.rawValue),
    ]
    return pairs.filter { $0.1 != $0.2 }.map { "\($0.0): \($0.1) against \($0.2)" }
  }
}
