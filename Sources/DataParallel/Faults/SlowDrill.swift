import NeuralNetwork
import SystemSupport

/// A fault drill that makes one rank compute more slowly, so that its effect on a run can be studied.
///
/// The rank waits actively after each backward pass. What it adds is part of the backward phase, and is
/// recorded by itself.
public struct SlowDrill: Equatable, Sendable {
  public let rank: Int
  /// The duration of the rank's computation relative to that without the drill; above 1.
  public let factor: Double

  /// A drill by its parts.
  public init(rank: Int, factor: Double) {
    self.rank = rank
    self.factor = factor
  }

  /// Waits as long as the drill demands after the passes of one step.
  ///
  /// - Parameters:
  ///   - passes: the measured seconds; receives the added ones as part of the backward phase.
  ///   - overlapped: seconds of exchange within the backward pass, which are no computation.
  /// - Returns: the added seconds.
  package func delay(_ passes: inout BatchOutcome, overlapped: Double) -> Double {
    let start = MonotonicClock.seconds()
    let computed =
      passes.loadSeconds + passes.forwardSeconds + max(0, passes.backwardSeconds - overlapped)
    let end = start + (factor - 1) * computed
    var now = start
    while now < end { now = MonotonicClock.seconds() }
    passes.backwardSeconds += now - start
    return now - start
  }
}
