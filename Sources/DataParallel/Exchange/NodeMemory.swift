import MessagePassing

/// The memory that the ranks of a node share.
///
/// Each rank has a segment with its sets of `[head, gradients]`. In the segment of the node's root
/// follow `[parameters, totals of two steps]` and the sets received from other nodes. Each part
/// begins at a cache line. In the fast mode the root's set also receives the sums for the other
/// nodes.
final class NodeMemory {
  /// Identifies a set in this memory: of a rank of the node, or received from another node.
  enum Place: Hashable {
    case local(rank: Int, set: Int)
    case foreign(Int)
  }

  /// The replica of each rank of the node.
  ///
  /// All have the same parameters in memory; only this rank's replica has optimizer state.
  let replicas: [Replica]
  /// The sets received from other nodes.
  private let foreign: Replica
  private let window: SharedWindow
  /// Totals of even and odd steps: a late rank can read those of a step while the next are written.
  private let totals: UnsafeMutablePointer<StepTotals>

  private static let totalsBytes = 128
  /// Gradients summed at a time, so that the sums stay in the first-level cache.
  private static let blockSize = 2048

  /// Allocates the memory; called by all ranks of the node.
  ///
  /// - Parameters:
  ///   - stateRange: the parameters for which this rank keeps optimizer state.
  ///   - sets: number of sets of this rank.
  ///   - foreignSets: number of sets received from other nodes, the same on all ranks of the node.
  init(
    over node: Communicator, count: Int, stateRange: Range<Int>, statesPerParameter: Int,
    sets: Int, foreignSets: Int
  ) throws {
    let padded = (count + 15) / 16 * 16
    let setBytes = 4 * (Replica.headCount + padded)
    let setCounts = try node.allGather(sets)
    let rootBytes = 4 * padded + Self.totalsBytes + foreignSets * setBytes
    let window = try SharedWindow(
      over: node, bytes: sets * setBytes + (node.isRoot ? rootBytes : 0))
    func numbers(of rank: Int, from byte: Int, count: Int) -> UnsafeMutableBufferPointer<Float> {
      UnsafeMutableRawBufferPointer(
        rebasing: window.segment(of: rank)[byte..<(byte + 4 * count)]
      ).assumingMemoryBound(to: Float.self)
    }
    func setBuffers(of rank: Int, from byte: Int, _ number: Int) -> [UnsafeMutableBufferPointer<
      Float
    >] {
      (0..<number).map {
        numbers(of: rank, from: byte + $0 * setBytes, count: Replica.headCount + count)
      }
    }
    let parametersByte = setCounts[0] * setBytes
    let parameters = numbers(of: 0, from: parametersByte, count: count)
    self.window = window
    replicas = (0..<node.size).map { rank in
      Replica(
        parameters: parameters, sets: setBuffers(of: rank, from: 0, setCounts[rank]),
        stateRange: rank == node.rank ? stateRange : 0..<0, statesPerParameter: statesPerParameter)
    }
    foreign = Replica(
      parameters: parameters,
      sets: setBuffers(of: 0, from: parametersByte + 4 * padded + Self.totalsBytes, foreignSets),
      stateRange: 0..<0, statesPerParameter: statesPerParameter)
    guard let root = window.segment(of: 0).baseAddress else {
      preconditionFailure("the node's shared memory is empty")
    }
    totals = (root + parametersByte + 4 * padded).assumingMemoryBound(to: StepTotals.self)
  }

  /// The replica that contains a set, and the index of the set in it.
  subscript(place: Place) -> (replica: Replica, set: Int) {
    switch place {
    case .local(let rank, let set): (replicas[rank], set)
    case .foreign(let set): (foreign, set)
    }
  }

  func barrier() { window.barrier() }
  func close() throws { try window.free() }

  /// The totals that the root stored for a step.
  ///
  /// Readable until the first barrier of the step after the next, which overwrites them.
  subscript(step step: Int) -> StepTotals {
    get { totals[step % 2] }
    set { totals[step % 2] = newValue }
  }

  /// The sum of the totals of the node's ranks.
  var sumOfTotals: StepTotals {
    replicas.dropFirst().reduce(replicas[0].totals) { $0 + $1.totals }
  }

  /// Adds the gradients of all other ranks of the node to those of the root, for `range`.
  ///
  /// The totals are added, too, if `range` begins at 0.
  func sumForOtherNodes(_ range: Range<Int>) {
    if range.lowerBound == 0 { replicas[0].totals = sumOfTotals }
    let sums = replicas[0].gradients
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
      let block = start..<min(start + Self.blockSize, range.upperBound)
      for replica in replicas.dropFirst() {
        let gradients = replica.gradients
        for index in block { sums[index] += gradients[index] }
      }
    }
  }
}
