public import MessagePassing
import NeuralNetwork
import SystemSupport

/// How long the ways of exchange take, without any training around them.
public struct ExchangeBench {
  /// One way of exchange with one number of gradients.
  public struct Timing: Equatable, Sendable {
    public let method: SyncMethod
    /// Gradients of each rank.
    public let count: Int
    /// For each repeat the seconds of the slowest and of the fastest rank.
    public fileprivate(set) var slowest: [Double]
    public fileprivate(set) var fastest: [Double]
    /// Best of some all-reduces of 1 KiB just before, in seconds: a machine's cores may come to lie
    /// nearer to each other or farther apart from one minute to the next, and this tells.
    public let markerSeconds: Double
  }

  private let communicator: Communicator
  private let node: Communicator
  private static let warmUps = 3

  /// Called by all ranks.
  public init(over communicator: Communicator) throws {
    self.communicator = communicator
    node = try communicator.splitByNode()
  }

  /// Times exchange and update (plain gradient descent, so that the update costs as little as one
  /// can) of `counts` gradients; called by all ranks, which come to the same figures.
  ///
  /// The gradients are written anew before each call, as a backward pass does, and all ranks start
  /// together. The ways take turns within a repeat.
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
        for (place, sync) in syncs.enumerated() {
          let own = try seconds(of: sync)
          let ends = try communicator.allReduce([own, -own], .max)
          guard turn >= Self.warmUps else { continue }
          timings[place].slowest.append(ends[0])
          timings[place].fastest.append(-ends[1])
        }
      }
      for sync in syncs { try sync.close() }
      return timings
    }
  }

  private func seconds(of sync: any GradientSync) throws -> Double {
    var timeline = StepTimeline(steps: 1, synchronisationPoints: sync.synchronisationPoints)
    sync.replica.gradients.update(repeating: 1)
    let engine = PlainDescent(sync.replica.parameters)
    try communicator.barrier()
    let start = MonotonicClock.seconds()
    let update = StepUpdate(engine: engine, scale: 1e-6, step: 1, arrival: start)
    try sync.finish(update, timeline: &timeline)
    return MonotonicClock.seconds() - start
  }

  /// The quickest all-reduce of 1 KiB, of the slowest rank.
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

/// Plain gradient descent over lent parameters; it computes nothing else.
private final class PlainDescent: Engine {
  let device = "none"
  private let parameters: UnsafeMutableBufferPointer<Float>

  init(_ parameters: UnsafeMutableBufferPointer<Float>) { self.parameters = parameters }

  func update(_ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int) {
    // In blocks, so that several sources are read while the parameters are in the first-level cache.
    for start in stride(from: range.lowerBound, to: range.upperBound, by: 2048) {
      let block = start..<min(start + 2048, range.upperBound)
      for source in gradients.sources {
        for place in block { parameters[place] -= scale * source[place] }
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
