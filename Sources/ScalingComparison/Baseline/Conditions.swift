import RunRecords

/// What a run and its base share besides the work, so that nothing but the number of ranks, and how
/// they exchange gradients, tells them apart.
struct Conditions: Hashable {
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
  var leaves: Int?
  var threadsPerRank: Int
  var binding: BindingClass

  init(_ record: RunRecord) {
    let machine = record.machine
    cpu = machine.cpu
    cores = machine.cores
    device = record.config.device
    gpus = Set(record.ranks.compactMap(\.gpuModel)).sorted().joined(separator: " and ")
    cuda = machine.cuda ?? "none"
    // A revision of changed files, or none, does not say which program it was: its bytes do.
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

  /// The same, however many threads a rank has and however it is bound: ways of using as many cores
  /// differ in these by their nature.
  var withAnyThreads: Conditions {
    var same = self
    (same.threadsPerRank, same.binding) = (0, .none)
    return same
  }

  /// What differs from those of the base, one text each.
  func differences(from base: Conditions) -> [String] {
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
