import Statistics

extension RunRecord {
  /// The result of a run.
  ///
  /// It is nested so that Swift's own `Result` keeps its name.
  public struct Result: Codable, Equatable, Sendable {
    /// Training seconds of the slowest rank, evaluation excluded.
    public var trainingSeconds: Double
    /// Seconds from process start to the end of the run.
    public var totalSeconds: Double
    /// Global samples after the warm-up divided by their time.
    ///
    /// In a run without steps after the warm-up, all samples divided by the training time.
    public var imagesPerSecond: Double?
    public var warmUpSteps: Int
    /// Seconds of a step after the warm-up, on the slowest rank.
    public var stepSeconds: Distribution
    /// Mean loss over the global batch of the last step.
    public var finalLoss: Double
    public var testLoss: Double
    /// A fraction.
    public var testAccuracy: Double
    public var weightsSHA256: String
    /// Samples of all ranks, each counted as often as it was trained.
    public var samplesSeen: Int
    public var steps: Int
    public var replicasEqual: Bool
    public var stoppedBy: StopReason
    /// Seconds from process start to the first step.
    public var firstStepAt: Double
    /// Steps that were skipped because their loss was not finite; nil if there were none.
    public var skippedSteps: Int?

    /// All fields at once.
    public init(
      trainingSeconds: Double, totalSeconds: Double, imagesPerSecond: Double?,
      warmUpSteps: Int = 5, stepSeconds: Distribution, finalLoss: Double, testLoss: Double,
      testAccuracy: Double, weightsSHA256: String, samplesSeen: Int, steps: Int,
      replicasEqual: Bool, stoppedBy: StopReason, firstStepAt: Double,
      skippedSteps: Int? = nil
    ) {
      self.trainingSeconds = trainingSeconds
      self.totalSeconds = totalSeconds
      self.imagesPerSecond = imagesPerSecond
      self.warmUpSteps = warmUpSteps
      self.stepSeconds = stepSeconds
      self.finalLoss = finalLoss
      self.testLoss = testLoss
      self.testAccuracy = testAccuracy
      self.weightsSHA256 = weightsSHA256
      self.samplesSeen = samplesSeen
      self.steps = steps
      self.replicasEqual = replicasEqual
      self.stoppedBy = stoppedBy
      self.firstStepAt = firstStepAt
      self.skippedSteps = skippedSteps
    }
  }
}
