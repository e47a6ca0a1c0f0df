import MessagePassing
import NeuralNetwork

/// The exchange of gradients between nodes for `NodeSync`, in the fast or the reproducible mode.
protocol NodeExchange {
  /// The gradients in the node's memory that the update adds up, indexed like the parameters.
  ///
  /// After `exchange` they cover all ranks, for the ranges that the ranks of this node update.
  var sum: GradientSum { get }

  /// Receives the gradients of the other nodes into the node's memory.
  ///
  /// Called by all ranks, after a barrier of the node that follows their backward pass.
  func exchange() throws

  /// The totals of all ranks, after `exchange`; between nodes only on the node's root, or after a
  /// barrier.
  func totals() -> StepTotals

  /// Whether ranks of several nodes exchange.
  var isBetweenNodes: Bool { get }
}

/// The ranks of different nodes that exchange one range of the parameters with each other.
struct NodePeers {
  let node: Communicator
  /// Whether there is more than one node.
  let hasSeveralNodes: Bool
  /// The ranks that exchange the range `exchanged`, one per node; nil if this rank has none.
  let across: Communicator?
  /// The parameters for which this rank exchanges gradients with other nodes.
  let exchanged: Range<Int>
  /// Whether all nodes have the same number of ranks, so that each rank exchanges what it updates.
  let isEven: Bool

  /// Selects on each node as many exchanging ranks as the smallest node has; called by all ranks.
  init(communicator: Communicator, node: Communicator, count: Int) throws {
    self.node = node
    let exchangers = try communicator.allReduce(node.size, .min)
    isEven = try communicator.allReduce(node.size, .max) == exchangers
    hasSeveralNodes = try communicator.allReduce(node.isRoot ? 1 : 0, .sum) > 1
    let exchanges = node.rank < exchangers
    exchanged = exchanges ? NodeSync.range(node.rank, of: exchangers, count: count) : 0..<0
    let part = try communicator.split(color: min(node.rank, exchangers), key: communicator.rank)
    across = exchanges ? part : nil
  }
}

/// The exchange of the fast mode: a sum within each node, then `MPI_Allreduce` between nodes.
///
/// On a single node nothing is exchanged: the update itself adds the gradients of all ranks.
struct SummedExchange: NodeExchange {
  let peers: NodePeers
  let memory: NodeMemory
  /// The gradients that this rank sums within its node.
  let summedRange: Range<Int>
  let sum: GradientSum

  init(_ peers: NodePeers, memory: NodeMemory, summedRange: Range<Int>) {
    self.peers = peers
    self.memory = memory
    self.summedRange = summedRange
    sum = GradientSum(
      memory.replicas.prefix(peers.hasSeveralNodes ? 1 : peers.node.size).compactMap {
        UnsafePointer($0.gradients.baseAddress)
      })
  }

  func exchange() throws {
    guard peers.hasSeveralNodes else { return }
    memory.sumForOtherNodes(summedRange)
    // With unequal nodes a rank exchanges ranges that other ranks have summed and will update.
    if !peers.isEven { memory.barrier() }
    try peers.across?.allReduce(inPlace: memory.replicas[0].message(peers.exchanged), .sum)
    if !peers.isEven { memory.barrier() }
  }

  var isBetweenNodes: Bool { peers.hasSeveralNodes }

  func totals() -> StepTotals {
    peers.hasSeveralNodes ? memory.replicas[0].totals : memory.sumOfTotals
  }
}
