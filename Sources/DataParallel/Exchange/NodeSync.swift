import MessagePassing
import NeuralNetwork
import SystemSupport

/// The exchange method `node`: gradients and parameters are in the shared memory of a node.
///
/// Each rank sums and updates one range of the parameters, and keeps optimizer state for that range
/// only. On one node a step sends no message: a barrier, the update of the range directly from the
/// gradients of all ranks, a barrier. With several nodes, the ranks that have the same range on
/// their nodes exchange it. If the nodes have different numbers of ranks, only as many ranks of
/// each node as the smallest node has take part in that exchange, for ranges cut by their number; the
/// update is still divided among all ranks of the node.
package final class NodeSync: GradientSync {
  package let replica: Replica
  package let synchronisationPoints = 2
  package private(set) var totals = StepTotals(lossSum: 0, correct: 0, samples: 0)
  package private(set) var isUpdated = true
  private let memory: NodeMemory
  private let node: Communicator
  private let exchange: any NodeExchange
  /// The parameters that this rank updates.
  private let updatedRange: Range<Int>

  /// Allocates the shared memory; called by all ranks.
  ///
  /// - Parameter cut: the leaves of the reproducible mode; nil in the fast mode.
  init(
    communicator: Communicator, node: Communicator, count: Int, statesPerParameter: Int,
    cut: LeafCut?
  ) throws {
    self.node = node
    updatedRange = Self.range(node.rank, of: node.size, count: count)
    let peers = try NodePeers(communicator: communicator, node: node, count: count)
    let hosts = try RankHosts(communicator: communicator, node: node)
    memory = try NodeMemory(
      over: node, count: count, stateRange: updatedRange, statesPerParameter: statesPerParameter,
      sets: cut?.share(of: communicator.rank).sums.count ?? 1,
      foreignSets: cut.map { LeafExchange.foreignCount($0, hosts: hosts) } ?? 0)
    replica = memory.replicas[node.rank]
    if let cut {
      exchange = try LeafExchange(peers, memory: memory, cut: cut, hosts: hosts)
    } else {
      exchange = SummedExchange(peers, memory: memory, summedRange: updatedRange)
    }
  }

  /// Part `part` of `parts` nearly equal parts of the parameters, divided at cache lines.
  package static func range(_ part: Int, of parts: Int, count: Int) -> Range<Int> {
    let lines = (count + 15) / 16
    func edge(_ part: Int) -> Int { min(16 * ((part * lines + parts - 1) / parts), count) }
    return edge(part)..<edge(part + 1)
  }

  package func finish(
    _ update: StepUpdate, arrival: Double, _ timeline: StepTimeline
  ) throws {
    timeline.beginSynchronisation()
    memory.barrier()
    try exchange.exchange()
    // Several nodes need a barrier more before all ranks of a node can read the totals.
    if exchange.isBetweenNodes && update.onlyIfFinite { memory.barrier() }
    timeline.recordSynchronisation(arrival: arrival, end: MonotonicClock.seconds())
    let isKnown = !exchange.isBetweenNodes || update.onlyIfFinite
    isUpdated = !isKnown || exchange.totals().lossSum.isFinite
    if isUpdated { update(updatedRange, from: exchange.sum) }
    if node.isRoot { memory[step: update.step] = exchange.totals() }
    let updated = MonotonicClock.seconds()
    timeline.beginSynchronisation()
    memory.barrier()
    timeline.recordSynchronisation(arrival: updated, end: MonotonicClock.seconds())
    totals = memory[step: update.step]
  }

  package func close() throws { try memory.close() }
}
