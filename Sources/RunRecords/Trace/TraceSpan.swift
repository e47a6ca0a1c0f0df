/// One stretch of time that a rank spent in one phase.
public struct TraceSpan: Equatable, Sendable {
  public var phase: Phase
  /// Whether a drill added this time to the backward phase.
  public var isInjected: Bool
  /// The number of the step, from 1.
  ///
  /// For a span between steps: the step that follows the load of an epoch, or the one before an
  /// evaluation.
  public var step: Int
  /// The number of the epoch, for a span between steps; nil within a step.
  public var epoch: Int?
  /// When it begins, in seconds.
  public var start: Double
  /// When it ends, in seconds on the same clock.
  public var end: Double

  /// A span by its parts.
  public init(
    _ phase: Phase, isInjected: Bool = false, step: Int, epoch: Int? = nil, start: Double,
    end: Double
  ) {
    self.phase = phase
    self.isInjected = isInjected
    self.step = step
    self.epoch = epoch
    self.start = start
    self.end = end
  }

  /// Its duration.
  public var seconds: Double { end - start }
}
