import Foundation
import NeuralNetwork

/// A fault that is injected on purpose, for teaching and tests; such a run is never a measurement.
public enum Drill: Equatable, Sendable {
  /// A rank computes more slowly.
  case slow(SlowDrill)
  /// A rank is killed.
  case die(FaultPlace)
  /// A rank goes on computing for ever.
  case hang(FaultPlace)
  /// A bit of a rank's parameters is inverted after a step.
  case corrupt(BitFlip)
  /// A rank's loss and gradients are not numbers.
  case nan(FaultPlace)

  /// The rank that has the fault.
  public var rank: Int {
    switch self {
    case .slow(let drill): drill.rank
    case .die(let place), .hang(let place), .nan(let place): place.rank
    case .corrupt(let flip): flip.rank
    }
  }

  /// The bit to invert; nil for other faults.
  var bitFlip: BitFlip? {
    if case .corrupt(let flip) = self { flip } else { nil }
  }

  /// Acts after the passes of a step, on the rank that has the fault.
  ///
  /// - Parameters:
  ///   - passes: the measured seconds, which a slow rank makes longer.
  ///   - overlapped: seconds of exchange within the backward pass.
  /// - Returns: seconds that were added to the backward phase.
  func act(
    afterPassesOf step: Int, _ passes: inout BatchOutcome, overlapped: Double, _ replica: Replica
  ) -> Double {
    switch self {
    case .slow(let drill): return drill.delay(&passes, overlapped: overlapped)
    case .die(let place) where place.step == step: _ = kill(getpid(), SIGKILL)
    case .hang(let place) where place.step == step: while true { usleep(1000) }
    case .nan(let place) where place.step == step:
      passes.lossSum = .nan
      replica.totals.lossSum = .nan
      if !replica.isOnDevice { replica.gradients.update(repeating: .nan) }
    case .die, .hang, .nan, .corrupt: break
    }
    return 0
  }
}

/// The rank and the step of a fault.
public struct FaultPlace: Equatable, Sendable {
  public let rank: Int
  /// From 1.
  public let step: Int

  /// A place by its parts.
  public init(rank: Int, step: Int) {
    self.rank = rank
    self.step = step
  }
}
