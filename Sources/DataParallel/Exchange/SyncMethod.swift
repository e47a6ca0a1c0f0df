import MessagePassing
import NeuralNetwork
import SystemSupport

/// The gradient exchange methods, by their names on the command line and in records.
///
/// The method determines how gradients are summed over ranks and which rank updates which
/// parameters.
public enum SyncMethod: String, Sendable, CaseIterable, Codable {
  /// In-place `MPI_Allreduce`, one per step or per bucket; every rank updates all parameters.
  case allReduce = "allreduce"
  /// Shared memory within a node; each rank sums and updates one range of the parameters.
  case node
  /// `MPI_Allreduce` in the memory of GPUs, with an MPI library that supports it.
  case cudaAware = "cuda-aware"

  /// The methods for ranks on CPUs.
  public static let onCPU: [SyncMethod] = [.allReduce, .node]

  /// Creates the exchange with the memory for `count` parameters; called by all ranks.
  ///
  /// - Parameters:
  ///   - node: the ranks of this rank's node.
  ///   - cut: the leaves of the reproducible mode; nil in the fast mode.
  ///   - engine: determines whether gradients are in a device's memory, and whether buckets are
  ///     exchanged while it computes; nil for an exchange without training.
  ///   - bucket: see `TrainingJob.bucket`.
  /// - Throws: `AgreedError` if the engine does not support the method.
  package func make(
    over communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int,
    cut: LeafCut? = nil, engine: (any Engine)? = nil, bucket: Int? = nil
  ) throws -> any GradientSync {
    let bucket =
      engine?.updatesWhileComputing == true ? bucket ?? AllReduceSync.standardBucket : nil
    switch (self, cut) {
    case (.cudaAware, _):
      guard let device = engine?.deviceGradients, cut == nil else {
        throw AgreedError(
          "--sync cuda-aware: it works only on GPUs; leave it out or use --device cuda",
          exitCode: ExitCode.usage)
      }
      return AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter,
        bucket: bucket, device: device.buffer)
    case (.allReduce, nil):
      return AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter,
        bucket: bucket)
    case (.allReduce, let cut?):
      return TreeSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter, cut: cut)
    case (.node, _):
      return try NodeSync(
        communicator: communicator, node: node, count: count,
        statesPerParameter: statesPerParameter, cut: cut)
    }
  }
}
