/// The sizes of a run and the conditions that end it, the same on all ranks.
public struct TrainingPlan: Equatable, Sendable {
  /// Samples per optimizer step over all ranks.
  public var globalBatch: Int
  /// Passes over the training set.
  public var epochs: Int
  /// Total number of steps, which replaces `epochs`; nil for whole epochs.
  public var steps: Int?
  /// Test accuracy (a fraction) that ends the run after the first epoch that reaches it.
  public var targetAccuracy: Double?
  public var seed: UInt64
  /// The loss is reported for every `logInterval`-th step of an epoch, beginning with the first.
  public var logInterval: Int
  /// Steps between checks of the replicas; nil for checks only after every epoch.
  public var checkInterval: Int?
  /// A fault to inject, which the certificate must show.
  public var sampleSwap: SampleSwap?
  /// A fault to inject, for teaching and tests.
  public var drill: Drill?
  /// Whether a step whose loss is not finite is skipped instead of ending the run.
  public var skipsNonFinite = false
  /// The largest random shift of training images, in pixels; nil without shifts.
  public var shift: Int?
  /// The steps to trace, from 1 to at most the last planned one; nil for a run without a trace.
  public var tracedSteps: ClosedRange<Int>?

  /// A plan by its parts.
  public init(
    globalBatch: Int, epochs: Int, steps: Int? = nil, targetAccuracy: Double? = nil, seed: UInt64,
    logInterval: Int = 100, checkInterval: Int? = nil,
    sampleSwap: SampleSwap? = nil, drill: Drill? = nil,
    tracedSteps: ClosedRange<Int>? = nil
  ) {
    self.globalBatch = globalBatch
    self.epochs = epochs
    self.steps = steps
    self.targetAccuracy = targetAccuracy
    self.seed = seed
    self.logInterval = logInterval
    self.checkInterval = checkInterval
    self.sampleSwap = sampleSwap
    self.drill = drill
    self.tracedSteps = tracedSteps
  }

  /// Steps of one epoch over `samples` samples; the last batch may be smaller.
  public func stepsPerEpoch(samples: Int) -> Int { (samples + globalBatch - 1) / globalBatch }

  /// Steps of the whole run, if the target accuracy does not end it earlier.
  public func plannedSteps(samples: Int) -> Int {
    steps ?? epochs * stepsPerEpoch(samples: samples)
  }

  /// Samples of all ranks over the whole run, if the target accuracy does not end it earlier.
  public func plannedSamples(samples: Int) -> Int {
    let perEpoch = stepsPerEpoch(samples: samples)
    let (whole, rest) = plannedSteps(samples: samples).quotientAndRemainder(dividingBy: perEpoch)
    return whole * samples + min(rest * globalBatch, samples)
  }

  /// Epochs of the run, of which the last may be incomplete: `epochs`, or as many as `steps` need.
  public func plannedEpochs(samples: Int) -> Int {
    guard let steps else { return epochs }
    let perEpoch = stepsPerEpoch(samples: samples)
    return (steps + perEpoch - 1) / perEpoch
  }
}
