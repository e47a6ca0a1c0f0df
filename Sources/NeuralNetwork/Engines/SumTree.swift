/// The fixed binary tree in which the leaves of a batch are added, whichever rank computed them.
///
/// The tree is built in rounds: of n remaining sums, number l is added to number l + n/2 (n/2
/// rounded up), until one sum remains. Floating-point addition is commutative but not associative,
/// so the order of the additions must be fixed: the same tree over the same leaves gives the same
/// bits, regardless of where its parts are computed.
public struct SumTree: Equatable, Sendable {
  /// A node of the tree: a leaf, or the sum of two nodes.
  public indirect enum Node: Hashable, Sendable {
    case leaf(Int)
    case sum(Node, Node)

    /// Its leaves in the order of the tree.
    public var leaves: [Int] {
      switch self {
      case .leaf(let leaf): [leaf]
      case .sum(let left, let right): left.leaves + right.leaves
      }
    }

    /// Adds the values of the node's leaves in the order of the tree.
    public func total<Value>(
      _ value: (_ leaf: Int) -> Value, add: (Value, Value) -> Value
    ) -> Value {
      switch self {
      case .leaf(let leaf): value(leaf)
      case .sum(let left, let right): add(left.total(value, add: add), right.total(value, add: add))
      }
    }
  }

  /// Number of leaves.
  public let leafCount: Int
  /// The sum of all leaves.
  public let root: Node

  /// The tree of `leafCount` leaves, at least one.
  public init(leafCount: Int) {
    precondition(leafCount > 0, "a tree of \(leafCount) leaves")
    self.leafCount = leafCount
    var sums = (0..<leafCount).map { Node.leaf($0) }
    while sums.count > 1 {
      let half = (sums.count + 1) / 2
      sums = (0..<half).map { index in
        index + half < sums.count ? .sum(sums[index], sums[index + half]) : sums[index]
      }
    }
    root = sums[0]
  }

  /// The largest sums that can be formed from `leaves` alone, in the order of the tree.
  public func sums(of leaves: Set<Int>) -> [Node] {
    func walk(_ node: Node) -> (sums: [Node], isWhole: Bool) {
      switch node {
      case .leaf(let leaf):
        return leaves.contains(leaf) ? ([node], true) : ([], false)
      case .sum(let left, let right):
        let (first, second) = (walk(left), walk(right))
        if first.isWhole && second.isWhole { return ([node], true) }
        return (first.sums + second.sums, false)
      }
    }
    return walk(root).sums
  }

  /// Adds values of nodes in the order of the tree.
  ///
  /// - Parameters:
  ///   - parts: nodes that together cover all leaves, each with its value.
  ///   - add: adds two values.
  public func total<Value>(_ parts: [Node: Value], add: (Value, Value) -> Value) -> Value {
    func value(_ node: Node) -> Value {
      if let known = parts[node] { return known }
      guard case .sum(let left, let right) = node else {
        preconditionFailure("no value for \(node)")
      }
      return add(value(left), value(right))
    }
    return value(root)
  }
}
