import RunRecords

/// How far a training has come after a step: everything of it but the parameters and optimizer state.
///
/// It does not depend on the number of ranks.
public struct TrainingProgress: Codable, Equatable, Sendable {
  /// Steps taken.
  public var step: Int
  /// The current epoch, from 1.
  public var epoch: Int
  /// Batches of the epoch that are trained; all of them if the epoch is not evaluated yet.
  public var batch: Int
  /// Sum of the samples' losses in the epoch so far.
  public var lossSum: Double
  /// Samples of the epoch so far.
  public var samples: Int
  /// Training seconds of the epoch so far, as measured by rank 0.
  public var epochSeconds: Double
  /// Order hash of the epoch so far, over all ranks: 16 hexadecimal digits.
  public var orderHash: String
  /// Samples of all ranks and epochs, each counted as often as it was trained.
  public var samplesSeen: Int
  /// Mean loss over the global batch of the last step.
  public var finalLoss: Double
  /// The epochs that are evaluated.
  public var epochs: [EpochSummary]
  /// SHA-256 of the parameters before the first step, in canonical order.
  public var initialWeightsSHA256: String

  /// All fields at once.
  public init(
    step: Int, epoch: Int, batch: Int, lossSum: Double, samples: Int, epochSeconds: Double,
    orderHash: String, samplesSeen: Int, finalLoss: Double, epochs: [EpochSummary],
    initialWeightsSHA256: String
  ) {
    self.step = step
    self.epoch = epoch
    self.batch = batch
    self.lossSum = lossSum
    self.samples = samples
    self.epochSeconds = epochSeconds
    self.orderHash = orderHash
    self.samplesSeen = samplesSeen
    self.finalLoss = finalLoss
    self.epochs = epochs
    self.initialWeightsSHA256 = initialWeightsSHA256
  }
}
