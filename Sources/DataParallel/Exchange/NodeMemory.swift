import MessagePassing

/// What the ranks of a node share: every rank's gradients, and in the root's segment the parameters,
/// the totals of two steps, and room for gradients that come from other nodes.
///
/// A segment is the rank's sets of `[head, gradients]`, in the root's followed by `[parameters, totals]`
/// and the other nodes' sets, each part from a cache line on. In the fast mode the root's set also takes
/// the sums that go to other nodes.
final class NodeMemory {
  /// Where a set lies.
  enum Place: Hashable {
    case local(rank: Int, set: Int)
    case foreign(Int)
  }

  /// The ranks of the node, with one set of parameters; only this rank's has optimizer state.
  let replicas: [Replica]
  /// What came from other nodes.
  private let foreign: Replica
  private let window: SharedWindow
  /// Totals of even and odd steps: a rank that is late reads its step's while the next is written.
  private let totals: UnsafeMutablePointer<StepTotals>

  private static let totalsBytes = 128
  /// Gradients summed at a time, so that the sums stay in the first-level cache.
  private static let blockSize = 2048

  /// Called by all ranks of the node.
  ///
  /// - Parameters:
  ///   - sets: sets of gradients of this rank.
  ///   - foreignSets: sets of other nodes, the same number on all ranks of the node.
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

  /// Whose set lies at a place, and which of theirs it is.
  subscript(place: Place) -> (replica: Replica, set: Int) {
    switch place {
    case .local(let rank, let set): (replicas[rank], set)
    case .foreign(let set): (foreign, set)
    }
  }

  func barrier() { window.barrier() }
  func close() throws { try window.free() }

  /// What the root found for a step; readable until the barrier before the step after the next.
  subscript(step step: Int) -> StepTotals {
    get { totals[step % 2] }
    set { totals[step % 2] = newValue }
  }

  /// The totals of the node's ranks, added up.
  var sumOfTotals: StepTotals {
    replicas.dropFirst().reduce(replicas[0].totals) { $0 + $1.totals }
  }

  /// Adds all ranks' gradients of `range` to the root's, with the totals if the range is the first.
  func sumForOtherNodes(_ range: Range<Int>) {
    if range.lowerBound == 0 { replicas[0].totals = sumOfTotals }
    let sums = replicas[0].gradients
    for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
      let block = start..<min(start + Self.blockSize, range.upperBound)
      for peer in replicas.dropFirst() {
        let gradients = peer.gradients
        for place in block { sums[place] += gradients[place] }
      }
    }
  }
}
