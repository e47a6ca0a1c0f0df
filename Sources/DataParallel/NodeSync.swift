import Measurement
import MessagePassing
import NeuralNetwork

/// Gradients and parameters in memory that the ranks of a node share; each rank sums and updates a
/// range of its own and keeps the optimizer state of that range alone.
///
/// On one node a step takes no message: a barrier, the update of the own range straight from all
/// ranks' gradients, a barrier. Between nodes the sums of a range travel by an `MPI_Allreduce` among
/// the ranks that have the same range on their nodes. Where the nodes have different numbers of ranks,
/// as many on each node as the smallest node has do that, for ranges cut accordingly.
package final class NodeSync: GradientSync {
  package let replica: Replica
  package let meetings = 2
  package private(set) var totals = StepTotals(lossSum: 0, correct: 0, samples: 0)
  private let memory: NodeMemory
  private let node: Communicator
  private let hasSeveralNodes: Bool
  /// The ranks that sum this rank's `exchanged` over the nodes; nil where it has no part in that.
  private let across: Communicator?
  /// Whether the ranges that are exchanged and those that are updated are the same everywhere.
  private let isEven: Bool
  /// What this rank updates.
  private let own: Range<Int>
  /// What this rank brings to the other nodes.
  private let exchanged: Range<Int>
  /// What the update reads: the gradients of all ranks of the node, or the sums over all nodes.
  private let sources: [UnsafePointer<Float>]

  /// Called by all ranks.
  init(communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int) throws {
    self.node = node
    let owners = try communicator.allReduce(node.size, .min)
    isEven = try communicator.allReduce(node.size, .max) == owners
    hasSeveralNodes = try communicator.allReduce(node.isRoot ? 1 : 0, .sum) > 1
    own = Self.range(node.rank, of: node.size, count: count)
    exchanged = node.rank < owners ? Self.range(node.rank, of: owners, count: count) : 0..<0
    let peers = try communicator.split(color: min(node.rank, owners), key: communicator.rank)
    across = node.rank < owners ? peers : nil
    memory = try NodeMemory(
      over: node, count: count, stateRange: own, statesPerParameter: statesPerParameter)
    replica = memory.replicas[node.rank]
    sources = memory.replicas.prefix(hasSeveralNodes ? 1 : node.size).compactMap {
      UnsafePointer($0.gradients.baseAddress)
    }
  }

  /// Part `part` of `parts` of the parameters, cut at cache lines.
  package static func range(_ part: Int, of parts: Int, count: Int) -> Range<Int> {
    let lines = (count + 15) / 16
    func edge(_ part: Int) -> Int { min(16 * ((part * lines + parts - 1) / parts), count) }
    return edge(part)..<edge(part + 1)
  }

  package func finish(_ update: StepUpdate, timeline: inout StepTimeline) throws {
    memory.barrier()
    if hasSeveralNodes {
      memory.sumForOtherNodes(own)
      if !isEven { memory.barrier() }
      try across?.allReduce(inPlace: memory.replicas[0].message(exchanged), .sum)
      if !isEven { memory.barrier() }
    }
    timeline.noteMeeting(arrival: update.arrival, end: MonotonicClock.seconds())
    update(own, from: sources)
    if node.isRoot {
      memory[step: update.step] = hasSeveralNodes ? replica.totals : memory.sumOfTotals
    }
    let updated = MonotonicClock.seconds()
    memory.barrier()
    timeline.noteMeeting(arrival: updated, end: MonotonicClock.seconds())
    totals = memory[step: update.step]
  }

  package func close() throws { try memory.close() }
}
