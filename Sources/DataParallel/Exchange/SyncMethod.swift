import MessagePassing
import NeuralNetwork
import SystemSupport

/// How gradients come together and who updates what.
public enum SyncMethod: String, Sendable, CaseIterable, Codable {
  /// One in-place `MPI_Allreduce` a step; every rank updates all parameters.
  case allReduce = "allreduce"
  /// Shared memory within a node; each rank sums and updates a range of its own.
  case node
  /// `MPI_Allreduce` in the memory of GPUs, by an MPI that knows it.
  case cudaAware = "cuda-aware"

  /// The ways of ranks on CPUs.
  public static let onCPU: [SyncMethod] = [.allReduce, .node]

  /// Makes the memory for `count` parameters; called by all ranks.
  ///
  /// - Parameters:
  ///   - cut: the leaves of the reproducible mode; nil in the fast mode.
  ///   - engine: where gradients may lie on a device, or be computed while others are exchanged.
  ///   - bucket: see `Trainer.init`.
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
          "--sync cuda-aware: it is for ranks on GPUs; leave it out or use --device cuda",
          exitCode: ExitCode.usage)
      }
      return AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter,
        bucket: bucket, device: device.place)
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
