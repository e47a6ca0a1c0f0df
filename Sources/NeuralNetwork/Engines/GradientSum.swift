/// A sum of gradients from several buffers, and the order in which they are added.
///
/// It is evaluated piece by piece when it is read; the whole sum is never stored.
public struct GradientSum: ExpressibleByArrayLiteral {
  /// One operation of the evaluation, which works on a stack of sums.
  public enum Step: Equatable, Sendable {
    /// Pushes the gradients of a source onto the stack.
    case take(Int)
    /// Adds the gradients of a source to the top of the stack.
    case add(Int)
    /// Adds the top of the stack to the sum below it, and removes the top.
    case join
  }

  /// Buffers of gradients, indexed like the parameters; at least one.
  public let sources: [UnsafePointer<Float>]
  /// The operations in order; they leave one sum on the stack.
  public let steps: [Step]
  /// The largest number of sums on the stack.
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
  /// - Parameter parts: nodes that together cover all leaves of the tree, and the buffer of each.
  public init(_ tree: SumTree, of parts: [(node: SumTree.Node, source: UnsafePointer<Float>)]) {
    sources = parts.map(\.source)
    let indices = Dictionary(uniqueKeysWithValues: parts.enumerated().map { ($1.node, $0) })
    var steps: [Step] = []
    var (height, depth) = (0, 0)
    func visit(_ node: SumTree.Node) {
      if let index = indices[node] {
        steps.append(.take(index))
        height += 1
        depth = max(depth, height)
        return
      }
      guard case .sum(let left, let right) = node else {
        preconditionFailure("no gradients for \(node)")
      }
      visit(left)
      if let index = indices[right] {
        steps.append(.add(index))
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

  /// Computes `count` numbers of the sum with plain loops.
  ///
  /// - Parameters:
  ///   - start: index of the first number in each source.
  ///   - stack: workspace of `depth` times `count` numbers; its first `count` receive the sum.
  public func evaluate(from start: Int, count: Int, stack: UnsafeMutablePointer<Float>) {
    evaluate(from: start, count: count, stack: stack) { sums, values, count in
      for index in 0..<count { sums[index] += values[index] }
    }
  }

  /// Computes `count` numbers of the sum.
  ///
  /// - Parameters:
  ///   - start: index of the first number in each source.
  ///   - stack: workspace of `depth` times `count` numbers; its first `count` receive the sum.
  ///   - add: adds numbers; its arguments are the target, the numbers to add and their count.
  @inlinable
  public func evaluate(
    from start: Int, count: Int, stack: UnsafeMutablePointer<Float>,
    add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) {
    evaluate(steps[...], from: start, count: count, stack: stack, add: add)
  }

  /// Computes `count` numbers of the sum without its last addition, and returns what is to be added.
  ///
  /// The caller adds while it reads, which saves a pass over the numbers. The results are the sums of
  /// `first` and `second`, or `first` alone where `second` is nil; both may lie in `stack`. The
  /// parameters are those of `evaluate`.
  @inlinable
  public func summands(
    from start: Int, count: Int, stack: UnsafeMutablePointer<Float>,
    add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) -> (first: UnsafePointer<Float>, second: UnsafePointer<Float>?) {
    func source(_ step: Step) -> UnsafePointer<Float>? {
      switch step {
      case .take(let source), .add(let source): sources[source] + start
      case .join: nil
      }
    }
    let isSum = steps.count > 1
    let before = isSum ? steps.dropLast() : steps[...]
    var first = UnsafePointer(stack)
    if before.count == 1, let only = source(before[0]) {
      first = only
    } else {
      evaluate(before, from: start, count: count, stack: stack, add: add)
    }
    let second = isSum ? steps.last.map { source($0) ?? UnsafePointer(stack + count) } : nil
    return (first, second)
  }

  @inlinable
  func evaluate(
    _ steps: ArraySlice<Step>, from start: Int, count: Int, stack: UnsafeMutablePointer<Float>,
    add: (UnsafeMutablePointer<Float>, UnsafePointer<Float>, Int) -> Void
  ) {
    var height = 0
    for step in steps {
      switch step {
      case .take(let source):
        (stack + height * count).update(from: sources[source] + start, count: count)
        height += 1
      case .add(let source):
        add(stack + (height - 1) * count, sources[source] + start, count)
      case .join:
        height -= 1
        add(stack + (height - 1) * count, stack + height * count, count)
      }
    }
  }
}
