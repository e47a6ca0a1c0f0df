import MessagePassing
import NeuralNetwork

/// How the ranks of a node come by the gradients of the other nodes, and what the update then reads.
protocol NodeExchange {
  /// Sums of gradients, places as in the parameters.
  var sum: GradientSum { get }

  /// Makes the sums in the node's memory complete for the ranges that its ranks update; called when
  /// all ranks of the node have computed, by all of them.
  func bring() throws

  /// Loss, hits and samples of all ranks; called by the node's root after `bring`.
  func totals() -> StepTotals
}

/// The ranks of different nodes that exchange one range of the parameters.
struct NodePeers {
  let node: Communicator
  /// Whether there is more than one node.
  let hasSeveralNodes: Bool
  /// The ranks that exchange this rank's `exchanged`, one a node; nil where it has no part in that.
  let across: Communicator?
  /// What this rank exchanges with other nodes.
  let exchanged: Range<Int>
  /// Whether the ranges that are exchanged and those that are updated are the same everywhere.
  let isEven: Bool

  /// As many ranks on each node as the smallest node has exchange; called by all ranks.
  init(communicator: Communicator, node: Communicator, count: Int) throws {
    self.node = node
    let owners = try communicator.allReduce(node.size, .min)
    isEven = try communicator.allReduce(node.size, .max) == owners
    hasSeveralNodes = try communicator.allReduce(node.isRoot ? 1 : 0, .sum) > 1
    exchanged = node.rank < owners ? NodeSync.range(node.rank, of: owners, count: count) : 0..<0
    let peers = try communicator.split(color: min(node.rank, owners), key: communicator.rank)
    across = node.rank < owners ? peers : nil
  }
}

/// The fast way: the gradients of a node are added up, and `MPI_Allreduce` adds those of the nodes.
struct SummedExchange: NodeExchange {
  let peers: NodePeers
  let memory: NodeMemory
  /// What this rank adds up within its node.
  let own: Range<Int>
  let sum: GradientSum

  init(_ peers: NodePeers, memory: NodeMemory, own: Range<Int>) {
    self.peers = peers
    self.memory = memory
    self.own = own
    sum = GradientSum(
      memory.replicas.prefix(peers.hasSeveralNodes ? 1 : peers.node.size).compactMap {
        UnsafePointer($0.gradients.baseAddress)
      })
  }

  func bring() throws {
    guard peers.hasSeveralNodes else { return }
    memory.sumForOtherNodes(own)
    if !peers.isEven { memory.barrier() }
    try peers.across?.allReduce(inPlace: memory.replicas[0].message(peers.exchanged), .sum)
    if !peers.isEven { memory.barrier() }
  }

  func totals() -> StepTotals {
    peers.hasSeveralNodes ? memory.replicas[0].totals : memory.sumOfTotals
  }
}
