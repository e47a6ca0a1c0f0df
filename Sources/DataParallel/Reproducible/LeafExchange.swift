import MessagePassing
import NeuralNetwork

/// The exchange of the reproducible mode for `NodeSync`: every node receives the sums of all ranks.
///
/// The sums are broadcast unchanged, and the update adds all of them in the order of the tree.
struct LeafExchange: NodeExchange {
  let sum: GradientSum
  private let peers: NodePeers
  private let memory: NodeMemory
  private let cut: LeafCut
  /// The partial sums of all ranks, in rank order.
  ///
  /// `holder` is the rank in `NodePeers.across` that broadcasts the sum, on the node that computed
  /// it; `place` is the set in this node's memory that has or receives it.
  private let sums: [(node: SumTree.Node, holder: Int, place: NodeMemory.Place)]

  /// Number of sums that a node receives from other nodes; called by all ranks.
  static func foreignCount(_ cut: LeafCut, hosts: RankHosts) -> Int {
    cut.sums.count { !hosts.isHere($0.rank) }
  }

  /// Assigns a set of the node's memory to every sum; called by all ranks.
  init(_ peers: NodePeers, memory: NodeMemory, cut: LeafCut, hosts: RankHosts) throws {
    self.peers = peers
    self.memory = memory
    self.cut = cut
    let nodes = try peers.across?.allGather(hosts.ownNode) ?? []
    var foreign = 0
    sums = cut.sums.map { sum in
      let holder = nodes.firstIndex(of: hosts.node(ofRank: sum.rank)) ?? 0
      if hosts.isHere(sum.rank) {
        return (sum.node, holder, .local(rank: hosts.rankOnNode(ofRank: sum.rank), set: sum.set))
      }
      foreign += 1
      return (sum.node, holder, .foreign(foreign - 1))
    }
    self.sum = GradientSum(
      cut.tree,
      of: sums.compactMap { sum in
        let (replica, set) = memory[sum.place]
        return replica.gradients(ofSet: set).baseAddress.map { (sum.node, UnsafePointer($0)) }
      })
  }

  func exchange() throws {
    guard peers.hasSeveralNodes else { return }
    if let across = peers.across {
      for sum in sums {
        let (replica, set) = memory[sum.place]
        try across.broadcast(replica.message(peers.exchanged, ofSet: set), root: sum.holder)
      }
    }
    if !peers.isEven { memory.barrier() }
  }

  var isBetweenNodes: Bool { peers.hasSeveralNodes }

  func totals() -> StepTotals {
    let parts = sums.map { sum in
      let (replica, set) = memory[sum.place]
      return (sum.node, replica.totals(ofSet: set))
    }
    return cut.tree.total(Dictionary(uniqueKeysWithValues: parts), add: StepTotals.joined)
  }
}

/// The node of each rank; a node is identified by its lowest rank.
struct RankHosts {
  /// For each rank the lowest rank of its node.
  private let leaders: [Int]
  /// The lowest rank of this rank's node.
  let ownNode: Int

  /// Gathers the nodes of all ranks; called by all ranks.
  init(communicator: Communicator, node: Communicator) throws {
    ownNode = try node.broadcast(communicator.rank)
    leaders = try communicator.allGather(ownNode)
  }

  func node(ofRank rank: Int) -> Int { leaders[rank] }
  func isHere(_ rank: Int) -> Bool { leaders[rank] == ownNode }

  /// A rank's rank in the communicator of its node.
  func rankOnNode(ofRank rank: Int) -> Int {
    leaders[..<rank].count { $0 == leaders[rank] }
  }
}
