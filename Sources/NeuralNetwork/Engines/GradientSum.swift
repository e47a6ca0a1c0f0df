/// A sum of gradients that lie in several places, and the order in which they are added.
///
/// It is computed while it is read: nothing holds the whole sum.
public struct GradientSum: ExpressibleByArrayLiteral {
  /// One step of a calculation with a stack of sums.
  public enum Step: Equatable, Sendable {
    /// Puts a source's gradients on the stack.
    case take(Int)
    /// Adds a source's gradients to the sum on top.
    case add(Int)
    /// Adds the sum on top to the one below it, which then is on top.
    case join
  }

  /// Sums of gradients, places as in the parameters: at least one.
  public let sources: [UnsafePointer<Float>]
  /// Ends with one sum on the stack.
  public let steps: [Step]
  /// The most sums that are on the stack at a time.
  public let depth: Int

  /// The sum of `sources` in their order.
  public init(arrayLiteral sources: UnsafePointer<Float>...) { self.init(sources) }

  /// The sum of `sources` in their order.
  public init(_ sources: [UnsafePointer<Float>]) {
    precondition(!sources.isEmpty, "a sum of no gradients")
    self.sources = sources
    steps = [.take(0)] + sources.indices.dropFirst().map { .add($0) }
    depth = 1
  }

  /// The sum of all leaves of `tree`.
  ///
  /// - Parameter parts: nodes of the tree that together are all its leaves, and where each lies.
  public init(_ tree: SumTree, of parts: [(node: SumTree.Node, source: UnsafePointer<Float>)]) {
    sources = parts.map(\.source)
    let places = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($1.node, $0) })
    var steps: [Step] = []
    var (height, depth) = (0, 0)
    func visit(_ node: SumTree.Node) {
      if let place = places[node] {
        steps.append(.take(place))
        height += 1
        depth = max(depth, height)
        return
      }
      guard case .sum(let left, let right) = node else {
        preconditionFailure("no gradients for \(node)")
      }
      visit(left)
      if let place = places[right] {
        steps.append(.add(place))
      } else {
        visit(right)
        steps.append(.join)
        height -= 1
      }
    }
    visit(tree.root)
    self.steps = steps
    self.depth = depth
  }

  /// Computes `count` numbers of the sum by plain loops.
  ///
  /// - Parameters:
  ///   - start: the first number's place in each source.
  ///   - stack: room for `depth` times `count` numbers; the sum is left at its begin.
  public func evaluate(from start: Int, count: Int, stack: UnsafeMutablePointer<Float>) {
    evaluate(from: start, count: count, stack: stack) { sums, values, count in
      for place in 0..<count { sums[place] += values[place] }
    }
  }

  /// Computes `count` numbers of the sum.
  ///
  /// - Parameters:
  ///   - start: the first number's place in each source.
  ///   - stack: room for `depth` times `count` numbers; the sum is left at its begin.
  ///   - add: adds so many numbers to the first ones given.
  @inlinable
  public func evaluate(
    from start: Int, count: Int, stack: UnsafeMutablePointer<Float>,
    add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) {
    var height = 0
    for step in steps {
      switch step {
      case .take(let place):
        (stack + height * count).update(from: sources[place] + start, count: count)
        height += 1
      case .add(let place):
        add(stack + (height - 1) * count, sources[place] + start, count)
      case .join:
        height -= 1
        add(stack + (height - 1) * count, stack + height * count, count)
      }
    }
  }
}
