import NeuralNetwork

/// The forward and backward pass of one batch as one CUDA graph.
///
/// It begins with the batch's indices on the host and ends with the gradients in the caller's
/// memory or on the device. Events within the graph let the host use each part of the gradients
/// while the device still computes the others.
final class GradientGraph {
  let graph: Graph
  /// Completes when the batch's loss and correct predictions are on the host.
  let lossKnown: Event
  /// Parts of the gradients in the order in which they become final: last parameters first.
  let parts: [Part]
  /// Whether the events can be trusted; if not, the host must wait for the end of the graph.
  let reportsInTime: Bool

  /// A range of gradients and the event that completes when the range has arrived at its target.
  struct Part {
    let range: Range<Int>
    let ready: Event
  }

  /// The properties of a pass that a graph is made for.
  struct Size: Hashable {
    let samples: Int
    /// Whether gradients stay on the device.
    let isResident: Bool
  }

  /// Numbers in one copy of gradients to the host: 1 MiB.
  ///
  /// With several copies the first gradients are on the host while the others are still in
  /// transfer.
  private static let pieceSize = 1 << 18

  /// Captures the pass for batches of `count` samples.
  ///
  /// - Parameters:
  ///   - copies: the stream that copies results to the host.
  ///   - target: the host memory for the gradients; nil where they stay on the device.
  init(
    _ attached: Attachment, samples count: Int, copies: Stream,
    to target: UnsafeMutableBufferPointer<Float>?
  ) throws {
    let passes = attached.passes
    let (main, stages, gradients) = (passes.main, passes.plan.stages, attached.replica.gradients)
    let batch = Passes.Batch(
      samples: attached.samples, indices: attached.indices.address, count: count)
    try passes.warmUp(batch, attached.space, into: attached.sums, gradients)
    // Events are made before the capture begins: during it a driver may refuse to make them.
    let lossKnown = try Event(main.device)
    let partsOfStage = try stages.map { stage in
      try stage.hasParameters
        ? Self.pieces(of: stage.parameters, isWhole: target == nil).map {
          Part(range: $0, ready: try Event(main.device))
        } : []
    }
    // The copies of each stage wait for one of these; the end of the graph waits for the last one.
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
    reportsInTime = try Self.isSeenOpen(parts.last?.ready, after: graph, on: main)
  }

  /// Whether an event of the graph was seen incomplete just after a launch of the graph.
  ///
  /// If a launch did not reset its events, a wait could return at once, for the launch before or
  /// for none at all, and the caller would read gradients that are not final. No driver is known to
  /// do so, but the error would be silent.
  private static func isSeenOpen(
    _ event: Event?, after graph: Graph, on stream: Stream
  ) throws -> Bool {
    guard let event else { return false }
    // Several attempts: where the host is delayed, a fast device may already be done.
    for _ in 0..<10 {
      try graph.launch(on: stream)
      let isOpen = try event.isOpen
      try stream.synchronize()
      if isOpen { return true }
    }
    return false
  }

  /// Cuts a range at multiples of the piece's size; the last piece comes first.
  ///
  /// - Parameter isWhole: whether the range stays in one piece.
  private static func pieces(of range: Range<Int>, isWhole: Bool) -> [Range<Int>] {
    guard !isWhole, !range.isEmpty else { return [range] }
    let (first, last) = (range.lowerBound / pieceSize, (range.upperBound - 1) / pieceSize)
    return (first...last).reversed().map {
      range.clamped(to: ($0 * pieceSize)..<(($0 + 1) * pieceSize))
    }
  }
}

/// The host memory to which the device copies gradients.
///
/// It is the caller's memory, page-locked. Where that cannot be locked, it is locked memory of this
/// object, from which the gradients are copied once more.
final class GradientLanding {
  /// The memory that the device writes to.
  let memory: UnsafeMutableBufferPointer<Float>
  private let caller: UnsafeMutableBufferPointer<Float>
  private let lock: PinnedRange
  private let staging: PinnedMemory<Float>?

  init(_ device: CUDADevice, for caller: UnsafeMutableBufferPointer<Float>) throws {
    self.caller = caller
    lock = PinnedRange(device, UnsafeMutableRawBufferPointer(caller))
    staging = lock.isLocked ? nil : try PinnedMemory(device, count: caller.count)
    memory = staging?.elements ?? caller
  }

  /// Whether this object was made for the memory `other`.
  func serves(_ other: UnsafeMutableBufferPointer<Float>) -> Bool {
    caller.baseAddress == other.baseAddress && caller.count == other.count
  }

  /// Copies a range to the caller's memory, unless the device wrote there directly.
  func deliver(_ range: Range<Int>) {
    guard staging != nil else { return }
    _ = UnsafeMutableBufferPointer(rebasing: caller[range])
      .update(fromContentsOf: memory[range])
  }
}
