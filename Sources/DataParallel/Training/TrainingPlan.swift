/// What a run is to do: sizes and stops, the same on all ranks.
public struct TrainingPlan: Equatable, Sendable {
  /// Samples of an optimizer step over all ranks.
  public var globalBatch: Int
  /// Passes over the training set.
  public var epochs: Int
  /// Stop after so many steps in all, if given.
  public var steps: Int?
  /// Stop after the first epoch whose test accuracy (a fraction) reaches this, if given.
  public var targetAccuracy: Double?
  public var seed: UInt64
  /// A step in so many is reported.
  public var logInterval: Int
  /// After every so many steps the replicas are compared, besides after every epoch.
  public var checkInterval: Int?
  /// A fault to be put in, as a drill for the comparison.
  public var bitFlip: BitFlip?
  /// A fault to be put in, as a drill for the certificate.
  public var sampleSwap: SampleSwap?

  /// A plan by its parts.
  public init(
    globalBatch: Int, epochs: Int, steps: Int? = nil, targetAccuracy: Double? = nil, seed: UInt64,
    logInterval: Int = 100, checkInterval: Int? = nil, bitFlip: BitFlip? = nil,
    sampleSwap: SampleSwap? = nil
  ) {
    self.globalBatch = globalBatch
    self.epochs = epochs
    self.steps = steps
    self.targetAccuracy = targetAccuracy
    self.seed = seed
    self.logInterval = logInterval
    self.checkInterval = checkInterval
    self.bitFlip = bitFlip
    self.sampleSwap = sampleSwap
  }

  /// Steps of one epoch over `samples` samples; the last one may be smaller.
  public func stepsPerEpoch(samples: Int) -> Int { (samples + globalBatch - 1) / globalBatch }

  /// Steps of the whole run if nothing stops it before.
  public func plannedSteps(samples: Int) -> Int {
    steps ?? epochs * stepsPerEpoch(samples: samples)
  }

  /// Samples of all ranks over the whole run if nothing stops it before.
  public func plannedSamples(samples: Int) -> Int {
    let perEpoch = stepsPerEpoch(samples: samples)
    let (whole, rest) = plannedSteps(samples: samples).quotientAndRemainder(dividingBy: perEpoch)
    return whole * samples + min(rest * globalBatch, samples)
  }

  /// Epochs that the run touches: `epochs`, or as many as `steps` need.
  public func plannedEpochs(samples: Int) -> Int {
    guard let steps else { return epochs }
    let perEpoch = stepsPerEpoch(samples: samples)
    return (steps + perEpoch - 1) / perEpoch
  }
}
