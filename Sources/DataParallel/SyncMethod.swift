import MessagePassing

/// How gradients come together and who updates what.
public enum SyncMethod: String, Sendable, CaseIterable, Codable {
  /// One in-place `MPI_Allreduce` a step; every rank updates all parameters.
  case allReduce = "allreduce"
  /// Buckets by `MPI_Iallreduce` while the backward pass goes on.
  case overlap
  /// Shared memory within a node; each rank sums and updates a range of its own.
  case node
}

/// A way of exchange with its settings.
public struct SyncChoice: Equatable, Sendable {
  public var method: SyncMethod
  /// For `overlap`: the size of a bucket, in bytes; the first has a quarter of it.
  public var bucketBytes: Int

  /// A way of exchange.
  public init(_ method: SyncMethod = .allReduce, bucketBytes: Int = 1 << 20) {
    self.method = method
    self.bucketBytes = bucketBytes
  }

  /// Makes the memory for `count` parameters; called by all ranks.
  package func make(
    over communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int
  )
    throws -> any GradientSync
  {
    switch method {
    case .allReduce:
      AllReduceSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter)
    case .overlap:
      OverlapSync(
        communicator: communicator, count: count, statesPerParameter: statesPerParameter,
        bucketBytes: bucketBytes)
    case .node:
      try NodeSync(
        communicator: communicator, node: node, count: count,
        statesPerParameter: statesPerParameter)
    }
  }
}
