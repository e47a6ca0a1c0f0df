import MessagePassing

/// How gradients come together and who updates what.
public enum SyncMethod: String, Sendable, CaseIterable, Codable {
  /// One in-place `MPI_Allreduce` a step; every rank updates all parameters.
  case allReduce = "allreduce"
  /// Shared memory within a node; each rank sums and updates a range of its own.
  case node

  /// Makes the memory for `count` parameters; called by all ranks.
  ///
  /// - Parameter cut: the leaves of the reproducible mode; nil in the fast mode.
  package func make(
    over communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int,
    cut: LeafCut? = nil
  ) throws -> any GradientSync {
    switch (self, cut) {
    case (.allReduce, nil):
      AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter)
    case (.allReduce, let cut?):
      TreeSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter, cut: cut)
    case (.node, _):
      try NodeSync(
        communicator: communicator, node: node, count: count,
        statesPerParameter: statesPerParameter, cut: cut)
    }
  }
}
