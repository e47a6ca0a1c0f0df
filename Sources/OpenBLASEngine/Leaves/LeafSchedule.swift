import NeuralNetwork

/// The work of each worker for a share of leaves: leaves to compute and gradients to add.
///
/// The leaves are distributed in the order of the tree. So a worker adds gradients that belong
/// together while they are in the cache, and needs little memory. The remaining sums are added when
/// all workers are done, by all workers, each for a range of the parameters. The sums are those of
/// the tree for any number of workers.
struct LeafSchedule {
  /// Memory for one set of gradients: a sum that the caller requested, or scratch memory.
  enum Place: Hashable {
    case sum(Int)
    case scratch(Int)
  }

  /// A worker's operation: compute leaf number `leaf` of the share, or add one place to another.
  enum Step: Equatable {
    case compute(leaf: Int, into: Place)
    case add(Place, to: Place)
  }

  /// The steps of each worker; empty for a worker without leaves.
  private(set) var steps: [[Step]]
  /// The additions that follow when all workers are done.
  private(set) var lastSteps: [Step] = []
  /// Number of scratch places.
  private(set) var scratchCount = 0

  init(_ share: LeafShare, workers: Int) {
    let first = Dictionary(
      uniqueKeysWithValues: share.sums.enumerated().map { ($1.leaves[0], $0) })
    let position = Dictionary(uniqueKeysWithValues: share.leaves.enumerated().map { ($1, $0) })
    steps = []
    var places: [SumTree.Node: Place] = [:]
    for worker in 0..<workers {
      let assigned = share.leaves[Part.range(worker, of: workers, count: share.leaves.count)]
      var builder = StepBuilder(firstLeaves: first, positions: position, scratch: scratchCount)
      for node in share.tree.sums(of: Set(assigned)) { places[node] = builder.visit(node) }
      scratchCount = builder.scratch
      steps.append(builder.steps)
    }
    for node in share.sums { _ = addLast(node, places) }
  }

  /// Appends the additions that form `node` from the workers' sums; returns where the result is.
  private mutating func addLast(_ node: SumTree.Node, _ places: [SumTree.Node: Place]) -> Place {
    if let place = places[node] { return place }
    guard case .sum(let left, let right) = node else {
      preconditionFailure("no worker computes \(node)")
    }
    let (to, from) = (addLast(left, places), addLast(right, places))
    lastSteps.append(.add(from, to: to))
    return to
  }

  /// Builds the steps of one worker.
  private struct StepBuilder {
    /// The index of each sum, by its first leaf: that leaf is computed in the sum's memory.
    let firstLeaves: [Int: Int]
    /// The index of each leaf in the share.
    let positions: [Int: Int]
    /// Number of scratch places so far, over all workers.
    var scratch: Int
    var free: [Place] = []
    var steps: [Step] = []

    /// Appends the steps for `node`, left before right; after an addition the right place is free.
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
