import Statistics

extension RunRecord {
  /// What came out of a run; nested, so that Swift's own `Result` keeps its name.
  public struct Result: Codable, Equatable, Sendable {
    /// The largest of all ranks, evaluation excluded.
    public var trainingSeconds: Double
    /// From process start.
    public var totalSeconds: Double
    /// Global samples after the warm-up divided by their time; nil if no step came after it.
    public var imagesPerSecond: Double?
    public var warmUpSteps: Int
    public var stepSeconds: Distribution
    public var finalLoss: Double
    public var testLoss: Double
    /// A fraction.
    public var testAccuracy: Double
    public var weightsSHA256: String
    public var samplesSeen: Int
    public var steps: Int
    public var replicasEqual: Bool
    public var stoppedBy: StopReason
    /// Seconds from process start to the first step.
    public var firstStepAt: Double

    /// All fields at once.
    public init(
      trainingSeconds: Double, totalSeconds: Double, imagesPerSecond: Double?,
      warmUpSteps: Int = 5, stepSeconds: Distribution, finalLoss: Double, testLoss: Double,
      testAccuracy: Double, weightsSHA256: String, samplesSeen: Int, steps: Int,
      replicasEqual: Bool, stoppedBy: StopReason, firstStepAt: Double
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
    }
  }
}
