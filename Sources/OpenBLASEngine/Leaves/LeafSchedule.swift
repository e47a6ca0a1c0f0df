import NeuralNetwork

/// Which worker computes which leaves of a share, where their gradients go, and which are added to
/// which.
///
/// The leaves are dealt out in the order of the tree, so that a worker adds up what belongs together
/// while it lies in the cache and needs little memory. What is left is added when all are done, by all
/// workers, each for a range of the parameters. The sums are those of the tree whatever the number of
/// workers.
struct LeafSchedule {
  /// Memory for one set of gradients: a sum that the caller wants, or the schedule's own.
  enum Place: Hashable {
    case sum(Int)
    case scratch(Int)
  }

  /// What a worker does: computes leaf number `leaf` of the share, or adds one place to another.
  enum Step: Equatable {
    case compute(leaf: Int, into: Place)
    case add(Place, to: Place)
  }

  /// For each worker its steps; empty for one that has no leaf.
  private(set) var steps: [[Step]]
  /// What is added when all workers are done.
  private(set) var lastSteps: [Step] = []
  /// Number of places that are the schedule's own.
  private(set) var scratchCount = 0

  init(_ share: LeafShare, workers: Int) {
    let first = Dictionary(
      uniqueKeysWithValues: share.sums.enumerated().map { ($1.leaves[0], $0) })
    let position = Dictionary(uniqueKeysWithValues: share.leaves.enumerated().map { ($1, $0) })
    steps = []
    var places: [SumTree.Node: Place] = [:]
    for worker in 0..<workers {
      let mine = share.leaves[Part.range(worker, of: workers, count: share.leaves.count)]
      var own = Worker(firstLeaves: first, positions: position, scratch: scratchCount)
      for node in share.tree.sums(of: Set(mine)) { places[node] = own.visit(node) }
      scratchCount = own.scratch
      steps.append(own.steps)
    }
    for node in share.sums { _ = addLast(node, places) }
  }

  /// Adds the workers' sums below `node` where it is none of theirs; returns where it then lies.
  private mutating func addLast(_ node: SumTree.Node, _ places: [SumTree.Node: Place]) -> Place {
    if let place = places[node] { return place }
    guard case .sum(let left, let right) = node else {
      preconditionFailure("nobody computes \(node)")
    }
    let (to, from) = (addLast(left, places), addLast(right, places))
    lastSteps.append(.add(from, to: to))
    return to
  }

  /// One worker's list in the making.
  private struct Worker {
    /// The sums of the share by their first leaves: these are computed where the sum is wanted.
    let firstLeaves: [Int: Int]
    let positions: [Int: Int]
    var scratch: Int
    var free: [Place] = []
    var steps: [Step] = []

    /// Left before right, and the right sum's place is free again once it has been added.
    mutating func visit(_ node: SumTree.Node) -> Place {
      switch node {
      case .leaf(let leaf):
        let place = firstLeaves[leaf].map(Place.sum) ?? free.popLast() ?? makePlace()
        steps.append(.compute(leaf: positions[leaf] ?? 0, into: place))
        return place
      case .sum(let left, let right):
        let (to, from) = (visit(left), visit(right))
        steps.append(.add(from, to: to))
        if case .scratch = from { free.append(from) }
        return to
      }
    }

    private mutating func makePlace() -> Place {
      scratch += 1
      return .scratch(scratch - 1)
    }
  }
}
