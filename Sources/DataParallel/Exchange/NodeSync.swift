import MessagePassing
import NeuralNetwork
import SystemSupport

/// Gradients and parameters in memory that the ranks of a node share; each rank sums and updates a
/// range of its own and keeps the optimizer state of that range alone.
///
/// On one node a step takes no message: a barrier, the update of the own range straight from all
/// ranks' gradients, a barrier. Between nodes the ranks that have the same range on their nodes exchange
/// it. Where the nodes have different numbers of ranks, as many on each node as the smallest node has do
/// that, for ranges cut accordingly.
package final class NodeSync: GradientSync {
  package let replica: Replica
  package let synchronisationPoints = 2
  package private(set) var totals = StepTotals(lossSum: 0, correct: 0, samples: 0)
  private let memory: NodeMemory
  private let node: Communicator
  private let exchange: any NodeExchange
  /// What this rank updates.
  private let own: Range<Int>

  /// Called by all ranks.
  ///
  /// - Parameter cut: nil in the fast mode.
  init(
    communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int,
    cut: LeafCut?
  ) throws {
    self.node = node
    own = Self.range(node.rank, of: node.size, count: count)
    let peers = try NodePeers(communicator: communicator, node: node, count: count)
    let hosts = try RankHosts(communicator: communicator, node: node)
    memory = try NodeMemory(
      over: node, count: count, stateRange: own, statesPerParameter: statesPerParameter,
      sets: cut?.share(of: communicator.rank).sums.count ?? 1,
      foreignSets: cut.map { LeafExchange.foreignCount($0, hosts: hosts) } ?? 0)
    replica = memory.replicas[node.rank]
    if let cut {
      exchange = try LeafExchange(peers, memory: memory, cut: cut, hosts: hosts)
    } else {
      exchange = SummedExchange(peers, memory: memory, own: own)
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
    try exchange.bring()
    timeline.recordSynchronisation(arrival: update.arrival, end: MonotonicClock.seconds())
    update(own, from: exchange.sum)
    if node.isRoot { memory[step: update.step] = exchange.totals() }
    let updated = MonotonicClock.seconds()
    memory.barrier()
    timeline.recordSynchronisation(arrival: updated, end: MonotonicClock.seconds())
    totals = memory[step: update.step]
  }

  package func close() throws { try memory.close() }
}
