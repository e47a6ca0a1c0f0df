import NeuralNetwork

/// One pass for gradients as one graph, from indices on the host to gradients where they are wanted.
///
/// Whoever waits is told of each part on its way: the device goes on meanwhile.
final class GradientGraph {
  let graph: Graph
  /// The batch's loss and hits are on the host.
  let lossKnown: Event
  /// Gradients in the order in which they become final: last parameters first.
  let parts: [Part]
  /// Whether the events can be believed; if not, only the end of the graph can be waited for.
  let tellsInTime: Bool

  /// A range of gradients, and when it is where it is wanted.
  struct Part {
    let range: Range<Int>
    let ready: Event
  }

  /// What a graph is made for.
  struct Size: Hashable {
    let samples: Int
    /// Whether gradients stay on the device.
    let isResident: Bool
  }

  /// Gradients copied at a time, so that the first are on the host while the others still come: 1 MiB.
  private static let pieceSize = 1 << 18

  /// - Parameters:
  ///   - copies: the stream that brings results to the host.
  ///   - target: where gradients go; nil where they stay.
  init(
    _ attached: Attachment, samples count: Int, copies: Stream,
    to target: UnsafeMutableBufferPointer<Float>?
  ) throws {
    let passes = attached.passes
    let (main, stages, gradients) = (passes.main, passes.plan.stages, attached.replica.gradients)
    let batch = Passes.Batch(
      samples: attached.samples, indices: attached.indices.address, count: count)
    try passes.warmUp(batch, attached.space, into: attached.sums, gradients)
    // Made before anything is written down: a driver may refuse it then.
    let lossKnown = try Event(main.device)
    let partsOfStage = try stages.map { stage in
      try stage.hasParameters
        ? Self.pieces(of: stage.parameters, isWhole: target == nil).map {
          Part(range: $0, ready: try Event(main.device))
        } : []
    }
    // Copies wait for each of these; the last is what the end waits for.
    let turns = try (0...stages.count + 1).map { _ in try Event(main.device) }
    graph = try Graph(main) {
      try main.copy(
        UnsafeBufferPointer(
          rebasing: UnsafeBufferPointer(attached.hostIndices.elements)[..<count]),
        to: attached.indices.address)
      try passes.forward(batch, attached.space)
      try passes.loss(batch, attached.space, into: attached.sums, slot: 0)
      try copies.wait(for: main, passing: turns[stages.count])
      try copies.copy(attached.sums.address, to: attached.hostSums.elements)
      try lossKnown.recordForHost(on: copies)
      for stage in stages.indices.reversed() {
        try passes.backward(stage, count, attached.space, into: gradients)
        guard stages[stage].hasParameters else { continue }
        try copies.wait(for: passes.weightStream(stage), passing: turns[stage])
        for part in partsOfStage[stage] {
          if let target {
            try copies.copy(
              gradients.at(part.range.lowerBound),
              to: UnsafeMutableBufferPointer(rebasing: target[part.range]))
          }
          try part.ready.recordForHost(on: copies)
        }
      }
      try passes.joinSide()
      try main.wait(for: copies, passing: turns[stages.count + 1])
    }
    self.lossKnown = lossKnown
    parts = partsOfStage.reversed().flatMap { $0 }
    attached.hostIndices.elements.update(repeating: 0)
    tellsInTime = try Self.isSeenOpen(parts.last?.ready, after: graph, on: main)
  }

  /// Whether an event of the graph was open just after a launch of it.
  ///
  /// Whoever waits for an event that is still that of the launch before, or of none, goes on too early. No driver
  /// is known to do that, but its silence would cost the gradients.
  private static func isSeenOpen(
    _ event: Event?, after graph: Graph, on stream: Stream
  ) throws -> Bool {
    guard let event else { return false }
    // More than once: a host that is held up may find a fast device done.
    for _ in 0..<10 {
      try graph.launch(on: stream)
      let isOpen = try event.isOpen
      try stream.synchronize()
      if isOpen { return true }
    }
    return false
  }

  /// A range cut at multiples of the piece's size, the last piece first.
  private static func pieces(of range: Range<Int>, isWhole: Bool) -> [Range<Int>] {
    guard !isWhole, !range.isEmpty else { return [range] }
    let (first, last) = (range.lowerBound / pieceSize, (range.upperBound - 1) / pieceSize)
    return (first...last).reversed().map {
      range.clamped(to: ($0 * pieceSize)..<(($0 + 1) * pieceSize))
    }
  }
}

/// Memory of the host that gradients come to: the caller's, locked, or where that cannot be, our own, from
/// which they are copied once more.
final class GradientLanding {
  /// Where the device writes.
  let memory: UnsafeMutableBufferPointer<Float>
  private let caller: UnsafeMutableBufferPointer<Float>
  private let lock: PinnedRange
  private let own: PinnedMemory<Float>?

  init(_ device: CUDADevice, for caller: UnsafeMutableBufferPointer<Float>) throws {
    self.caller = caller
    lock = PinnedRange(device, UnsafeMutableRawBufferPointer(caller))
    own = lock.isLocked ? nil : try PinnedMemory(device, count: caller.count)
    memory = own?.elements ?? caller
  }

  /// Whether it is this memory that gradients are wanted in.
  func serves(_ other: UnsafeMutableBufferPointer<Float>) -> Bool {
    caller.baseAddress == other.baseAddress && caller.count == other.count
  }

  /// Makes what the device wrote the caller's.
  func deliver(_ range: Range<Int>) {
    guard own != nil else { return }
    _ = UnsafeMutableBufferPointer(rebasing: caller[range])
      .update(fromContentsOf: memory[range])
  }
}
