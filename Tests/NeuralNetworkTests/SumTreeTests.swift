import NeuralNetwork
import TestSupport
import Testing

@Suite struct SumTreeTests {
  /// Leaf l is added to l + 4, the results to those of l + 2, and then of l + 1.
  @Test func treesOfEightOneAndThreeLeaves() {
    func leaf(_ number: Int) -> SumTree.Node { .leaf(number) }
    #expect(
      SumTree(leafCount: 8).root
        == .sum(
          .sum(.sum(leaf(0), leaf(4)), .sum(leaf(2), leaf(6))),
          .sum(.sum(leaf(1), leaf(5)), .sum(leaf(3), leaf(7)))))
    #expect(SumTree(leafCount: 1).root == leaf(0))
    #expect(SumTree(leafCount: 3).root == .sum(.sum(leaf(0), leaf(2)), leaf(1)))
  }

  /// If the number of ranks divides the number of leaves, each rank has one whole branch.
  @Test(arguments: [1, 2, 4, 8]) func aDivisorOfTheLeavesGivesOneSumPerRank(ranks: Int) {
    let tree = SumTree(leafCount: 8)
    for rank in 0..<ranks {
      let share = LeafShare(stride(from: rank, to: 8, by: ranks), of: tree)
      #expect(share.sums.count == 1)
      #expect(share.leaves.count == 8 / ranks && share.leaves[0] == rank)
    }
  }

  @Test func otherNumbersOfRanksGiveSeveralSums() {
    let tree = SumTree(leafCount: 8)
    let counts = [3, 5, 6, 7].map { ranks in
      (0..<ranks).map { LeafShare(stride(from: $0, to: 8, by: ranks), of: tree).sums.count }
    }
    #expect(counts == [[3, 3, 2], [2, 2, 2, 1, 1], [2, 2, 1, 1, 1, 1], [2, 1, 1, 1, 1, 1, 1]])
  }

  /// The bits are the same for every distribution of the leaves, and differ from a plain sum's.
  @Test(arguments: [1, 2, 3, 5, 6, 7, 8]) func theBitsDoNotDependOnTheOwners(owners: Int) {
    var generator = SmallGenerator(state: 3)
    let values = (0..<800).map { _ in generator.symmetric() }
    let tree = SumTree(leafCount: 8)
    func leaf(_ leaf: Int) -> [Float] { Array(values[(100 * leaf)..<(100 * leaf + 100)]) }
    func add(_ one: [Float], _ other: [Float]) -> [Float] { zip(one, other).map(+) }
    let whole = tree.root.total(leaf, add: add)
    var parts: [(node: SumTree.Node, memory: [Float])] = []
    for owner in 0..<owners {
      for node in LeafShare(stride(from: owner, to: 8, by: owners), of: tree).sums {
        parts.append((node, node.total(leaf, add: add)))
      }
    }
    let dictionary = Dictionary(uniqueKeysWithValues: parts.map { ($0.node, $0.memory) })
    #expect(tree.total(dictionary, add: add) == whole)
    #expect(evaluate(parts, tree) == whole)
    #expect(evaluate(parts, tree, addingLast: true) == whole)
    #expect((1..<8).reduce(leaf(0)) { add($0, leaf($1)) } != whole)
  }

  /// The sum evaluated in pieces by `GradientSum`, as engines do: completely, or but for the last
  /// addition, which then is made here.
  private func evaluate(
    _ parts: [(node: SumTree.Node, memory: [Float])], _ tree: SumTree, addingLast: Bool = false
  ) -> [Float] {
    let buffers = parts.map { part in
      let buffer = UnsafeMutablePointer<Float>.allocate(capacity: 100)
      buffer.initialize(from: part.memory, count: 100)
      return (node: part.node, memory: buffer)
    }
    defer { for buffer in buffers { buffer.memory.deallocate() } }
    let sum = GradientSum(tree, of: buffers.map { ($0.node, UnsafePointer($0.memory)) })
    var result: [Float] = []
    for start in stride(from: 0, to: 100, by: 30) {
      let count = min(30, 100 - start)
      var stack = [Float](repeating: .nan, count: sum.depth * count)
      stack.withUnsafeMutableBufferPointer { stack in
        guard let stack = stack.baseAddress else { return }
        guard addingLast else {
          sum.evaluate(from: start, count: count, stack: stack)
          result += UnsafeBufferPointer(start: stack, count: count)
          return
        }
        let (first, second) = sum.summands(from: start, count: count, stack: stack) {
          for index in 0..<$2 { $0[index] += $1[index] }
        }
        result += (0..<count).map { first[$0] + (second?[$0] ?? 0) }
      }
    }
    return result
  }
}
