import MessagePassing
import NeuralNetwork

/// The reproducible way between and within nodes: every sum of every rank comes to every node as it is,
/// and the update adds all of them in the order of the tree.
struct LeafExchange: NodeExchange {
  let sum: GradientSum
  private let peers: NodePeers
  private let memory: NodeMemory
  private let cut: LeafCut
  /// Each sum of all ranks: the place among `across` of the node that has it, and its memory here.
  private let sums: [(node: SumTree.Node, holder: Int, place: NodeMemory.Place)]

  /// The other nodes' sums that a node needs room for; called by all ranks.
  static func foreignCount(_ cut: LeafCut, hosts: RankHosts) -> Int {
    cut.sums.count { !hosts.isHere($0.rank) }
  }

  /// Called by all ranks.
  init(_ peers: NodePeers, memory: NodeMemory, cut: LeafCut, hosts: RankHosts) throws {
    self.peers = peers
    self.memory = memory
    self.cut = cut
    let nodes = try peers.across?.allGather(hosts.own) ?? []
    var foreign = 0
    sums = cut.sums.map { sum in
      let holder = nodes.firstIndex(of: hosts.node(ofRank: sum.rank)) ?? 0
      if hosts.isHere(sum.rank) {
        return (sum.node, holder, .local(rank: hosts.placeOnNode(ofRank: sum.rank), set: sum.set))
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

  func bring() throws {
    guard peers.hasSeveralNodes else { return }
    if let across = peers.across {
      for sum in sums {
        let (replica, set) = memory[sum.place]
        try across.broadcast(replica.message(peers.exchanged, ofSet: set), root: sum.holder)
      }
    }
    if !peers.isEven { memory.barrier() }
  }

  func totals() -> StepTotals {
    let parts = sums.map { sum in
      let (replica, set) = memory[sum.place]
      return (sum.node, replica.totals(ofSet: set))
    }
    return cut.tree.total(Dictionary(uniqueKeysWithValues: parts), add: StepTotals.joined)
  }
}

/// Which rank runs on which node.
struct RankHosts {
  /// For each rank the lowest rank of its node.
  private let leaders: [Int]
  /// The lowest rank of this node.
  let own: Int

  /// Called by all ranks.
  init(communicator: Communicator, node: Communicator) throws {
    own = try node.broadcast(communicator.rank)
    leaders = try communicator.allGather(own)
  }

  func node(ofRank rank: Int) -> Int { leaders[rank] }
  func isHere(_ rank: Int) -> Bool { leaders[rank] == own }

  /// A rank's place among those of its node.
  func placeOnNode(ofRank rank: Int) -> Int {
    leaders[..<rank].count { $0 == leaders[rank] }
  }
}
