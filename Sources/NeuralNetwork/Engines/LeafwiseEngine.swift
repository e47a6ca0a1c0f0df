/// The leaves of every batch that one engine is to compute, and the sums that it makes of them.
public struct LeafShare: Equatable, Sendable {
  public let tree: SumTree
  /// The leaves, in the order of the tree.
  public let leaves: [Int]
  /// The largest sums that the leaves make, in the order of the tree.
  public let sums: [SumTree.Node]

  /// The share with `leaves`, given in any order; at least one.
  public init(_ leaves: some Sequence<Int>, of tree: SumTree) {
    self.tree = tree
    sums = tree.sums(of: Set(leaves))
    self.leaves = sums.flatMap(\.leaves)
    precondition(!self.leaves.isEmpty, "a share without a leaf of \(tree.leafCount)")
  }
}

/// An engine whose results depend on the cut of a batch into leaves and on nothing else: not on the
/// number of its threads, nor on which engine computes the other leaves.
public protocol LeafwiseEngine: Engine {
  /// Takes the leaves that all later batches consist of; after `attach`.
  ///
  /// - Parameter largestLeaf: no later leaf has more samples.
  func take(_ share: LeafShare, largestLeaf: Int)

  /// Computes for each leaf the gradients of the summed losses of its samples, and adds them in the
  /// order of the tree.
  ///
  /// - Parameters:
  ///   - leaves: for each leaf of the share, in its order, places in the attached samples.
  ///   - sums: for each sum of the share, in its order, as many numbers as there are parameters; all
  ///     are overwritten.
  ///   - outcomes: for each leaf what was found, without its times.
  /// - Returns: the times of the whole.
  func computeGradients(
    ofLeaves leaves: [UnsafeBufferPointer<Int32>], into sums: [UnsafeMutableBufferPointer<Float>],
    outcomes: inout [BatchOutcome]
  ) -> BatchOutcome

  /// Loss and hits on each of some sets of samples, which depend on that set alone.
  func evaluate(each sets: [Samples]) -> [EvaluationOutcome]
}
