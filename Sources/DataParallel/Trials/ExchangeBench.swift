public import MessagePassing
import NeuralNetwork
import SystemSupport

/// Measures the exchange methods without training.
public struct ExchangeBench {
  /// The times of one exchange method for one number of gradients.
  public struct Timing: Equatable, Sendable {
    public let method: SyncMethod
    /// Number of gradients of each rank.
    public let count: Int
    /// For each repeat the seconds of the slowest rank.
    public fileprivate(set) var slowest: [Double]
    /// For each repeat the seconds of the fastest rank.
    public fileprivate(set) var fastest: [Double]
    /// Seconds of the fastest of some all-reduces of 1 KiB just before the repeats.
    ///
    /// The cores on which the ranks run may be nearer to each other or farther apart from one
    /// minute to the next; this value shows it.
    public let markerSeconds: Double
  }

  private let communicator: Communicator
  private let node: Communicator
  private static let warmUps = 3

  /// A measurement over the ranks of `communicator`; called by all ranks.
  public init(over communicator: Communicator) throws {
    self.communicator = communicator
    node = try communicator.splitByNode()
  }

  /// Measures exchange and update for each of `counts` gradients.
  ///
  /// Called by all ranks, which return the same times. The update is plain gradient descent, which
  /// costs the least. The gradients are written before each call, as in a backward pass, and all
  /// ranks start together. Each repeat measures all methods in turn.
  public func measure(_ methods: [SyncMethod], counts: [Int], repeats: Int) throws -> [Timing] {
    try counts.flatMap { count in
      let marker = try markerSeconds()
      let syncs = try methods.map {
        try $0.make(over: communicator, node: node, count: count, statesPerParameter: 0)
      }
      var timings = methods.map {
        Timing(method: $0, count: count, slowest: [], fastest: [], markerSeconds: marker)
      }
      for turn in 0..<(Self.warmUps + repeats) {
        for (index, sync) in syncs.enumerated() {
          let elapsed = try seconds(of: sync)
          let extremes = try communicator.allReduce([elapsed, -elapsed], .max)
          guard turn >= Self.warmUps else { continue }
          timings[index].slowest.append(extremes[0])
          timings[index].fastest.append(-extremes[1])
        }
      }
      for sync in syncs { try sync.close() }
      return timings
    }
  }

  /// Seconds of this rank for one exchange and update.
  private func seconds(of sync: any GradientSync) throws -> Double {
    let timeline = StepTimeline(steps: 1, synchronisationPoints: sync.synchronisationPoints)
    sync.replica.gradients.update(repeating: 1)
    let engine = PlainDescent(sync.replica.parameters)
    try communicator.barrier()
    let start = MonotonicClock.seconds()
    let update = StepUpdate(engine: engine, scale: 1e-6, step: 1)
    try sync.finish(update, arrival: start, timeline)
    return MonotonicClock.seconds() - start
  }

  /// Each rank's fastest all-reduce of 1 KiB; of these the slowest.
  private func markerSeconds() throws -> Double {
    var values = [Float](repeating: 1, count: 256)
    var best = Double.infinity
    for _ in 0..<200 {
      let start = MonotonicClock.seconds()
      try values.withUnsafeMutableBufferPointer { try communicator.allReduce(inPlace: $0, .max) }
      best = min(best, MonotonicClock.seconds() - start)
    }
    return try communicator.allReduce(best, .max)
  }
}

/// An engine that only updates parameters, by plain gradient descent.
private final class PlainDescent: Engine {
  let device = "none"
  private let parameters: UnsafeMutableBufferPointer<Float>

  init(_ parameters: UnsafeMutableBufferPointer<Float>) { self.parameters = parameters }

  func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int) {
    // In blocks, so that several sources are read while the parameters are in the first-level
    // cache.
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 2048) {
      let block = start..<min(start + 2048, range.upperBound)
      for source in gradients.sources {
        for index in block { parameters[index] -= scale * source[index] }
      }
    }
  }

  func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {}
  func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome { BatchOutcome() }
  func evaluate(_ samples: Samples) -> EvaluationOutcome { EvaluationOutcome() }
  func publishParameters() {}
}
