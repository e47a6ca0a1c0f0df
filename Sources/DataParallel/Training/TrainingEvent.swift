public import RunRecords

/// The progress of a run, for output; all ranks receive the same events.
public enum TrainingEvent: Equatable, Sendable {
  /// A step selected by the log interval, with its mean loss.
  ///
  /// `samplesBefore` is the number of samples of the epoch before this step.
  case logged(epoch: Int, samplesBefore: Int, samplesInEpoch: Int, loss: Double)
  /// One or more steps were taken: samples so far and in the whole run, seconds of training so far.
  case progressed(samples: Int, planned: Int, seconds: Double)
  /// A step was skipped because its loss is not finite; the line says where that comes from.
  case skipped(String)
  /// An epoch was completed and evaluated.
  case evaluated(EpochSummary)
}

/// The results of one epoch.
public struct EpochSummary: Codable, Equatable, Sendable {
  public var epoch: Int
  public var steps: Int
  /// Training time of this rank, without evaluation.
  public var seconds: Double
  /// Mean loss over the samples of the epoch, each computed with the parameters before its step.
  public var trainingLoss: Double
  public var testLoss: Double
  public var testCorrect: Int
  public var testCount: Int
  /// The 64-bit hash of the parameters, checked to be the same on all ranks.
  public var parametersHash: UInt64
  /// The certificate's part for this epoch; only on rank 0.
  public var certificate: Certificate.Epoch?

  /// Fraction of the test set that is classified correctly.
  public var testAccuracy: Double { Double(testCorrect) / Double(max(testCount, 1)) }
}
