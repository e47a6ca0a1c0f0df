/// Where the ranks of a simulated run are, and how many samples each computes.
package struct RankLayout {
  package let ranks: Int
  package let ranksPerNode: Int
  /// Samples of each rank in a step.
  package let localBatches: [Int]

  /// A run in which the global batch is divided as evenly as possible.
  package init(ranks: Int, ranksPerNode: Int, globalBatch: Int) {
    precondition(ranks > 0 && ranksPerNode > 0, "\(ranks) ranks, \(ranksPerNode) on a node")
    self.ranks = ranks
    self.ranksPerNode = ranksPerNode
    localBatches = (0..<ranks).map { globalBatch / ranks + ($0 < globalBatch % ranks ? 1 : 0) }
  }

  /// The number of nodes; the last one may have fewer ranks.
  package var nodes: Int { (ranks + ranksPerNode - 1) / ranksPerNode }

  /// The ranks of a node, which follow each other.
  package func ranks(ofNode node: Int) -> Range<Int> {
    node * ranksPerNode..<min((node + 1) * ranksPerNode, ranks)
  }
}
