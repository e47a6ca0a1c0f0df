import MessagePassing

/// How gradients come together and who updates what.
public enum SyncMethod: String, Sendable, CaseIterable, Codable {
  /// One in-place `MPI_Allreduce` a step; every rank updates all parameters.
  case allReduce = "allreduce"
  /// Shared memory within a node; each rank sums and updates a range of its own.
  case node

  /// Makes the memory for `count` parameters; called by all ranks.
  package func make(
    over communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int
  ) throws -> any GradientSync {
    switch self {
    case .allReduce:
      AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter)
    case .node:
      try NodeSync(
        communicator: communicator, node: node, count: count,
        statesPerParameter: statesPerParameter)
    }
  }
}
