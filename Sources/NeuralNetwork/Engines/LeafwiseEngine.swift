/// The leaves of every batch that one engine computes, and the sums that it forms from them.
public struct LeafShare: Equatable, Sendable {
  public let tree: SumTree
  /// The leaves, in the order of the tree.
  public let leaves: [Int]
  /// The largest sums that the leaves can form, in the order of the tree.
  public let sums: [SumTree.Node]

  /// The share that consists of `leaves`: at least one, in any order.
  public init(_ leaves: some Sequence<Int>, of tree: SumTree) {
    self.tree = tree
    sums = tree.sums(of: Set(leaves))
    self.leaves = sums.flatMap(\.leaves)
    precondition(!self.leaves.isEmpty, "a share without a leaf of \(tree.leafCount)")
  }
}

/// An engine with results that depend only on the division of a batch into leaves.
///
/// The results depend neither on the engine's number of threads nor on which engine computes the
/// other leaves. This is what `--reproducible` needs.
public protocol LeafwiseEngine: Engine {
  /// Sets the leaves that the engine computes in all later batches; called after `attach`.
  ///
  /// - Parameter largestLeaf: number of samples of the largest later leaf.
  func take(_ share: LeafShare, largestLeaf: Int)

  /// Computes the gradients of each leaf and adds them in the order of the tree.
  ///
  /// The gradients of a leaf are those of the sum of its samples' losses.
  /// - Parameters:
  ///   - leaves: for each leaf of the share, in its order, indices in the attached samples.
  ///   - sums: for each sum of the share, in its order, one number for each parameter. All are
  ///     overwritten.
  ///   - outcomes: receives the outcome of each leaf, without times.
  /// - Returns: the times of the whole call.
  func computeGradients(
    ofLeaves leaves: [UnsafeBufferPointer<Int32>], into sums: [UnsafeMutableBufferPointer<Float>],
    outcomes: inout [BatchOutcome]
  ) -> BatchOutcome

  /// Computes loss and correct predictions on each of several sets of samples.
  ///
  /// The result for a set does not depend on the other sets.
  func evaluate(each sets: [Samples]) -> [EvaluationOutcome]
}
