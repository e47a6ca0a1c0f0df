public import RunRecords

/// What a run tells while it goes on; the same on all ranks, for whoever prints.
public enum TrainingEvent: Equatable, Sendable {
  /// A step that the log interval picks: its epoch, the samples of the epoch before it, the mean
  /// loss.
  case logged(epoch: Int, samplesBefore: Int, samplesInEpoch: Int, loss: Double)
  /// A step is done: samples so far and planned, seconds of training so far.
  case progressed(samples: Int, planned: Int, seconds: Double)
  /// An epoch is done and evaluated.
  case evaluated(EpochSummary)
}

/// One epoch's figures.
public struct EpochSummary: Equatable, Sendable {
  public var epoch: Int
  public var steps: Int
  /// Training time of this rank, without evaluation.
  public var seconds: Double
  /// Mean loss over the epoch's steps, each at the parameters it started from.
  public var trainingLoss: Double
  public var testLoss: Double
  public var testCorrect: Int
  public var testCount: Int
  /// The 64-bit hash of the parameters, which all ranks were found to share.
  public var parametersHash: UInt64
  /// What the certificate keeps of the epoch; on rank 0 alone.
  public var certificate: Certificate.Epoch?

  /// Share of the test set that is classified rightly.
  public var testAccuracy: Double { Double(testCorrect) / Double(max(testCount, 1)) }
}
