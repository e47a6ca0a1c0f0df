/// The measurements of one epoch.
public struct EpochRecord: Codable, Equatable, Sendable {
  /// Counted from 1.
  public var epoch: Int
  public var steps: Int
  /// Seconds of the epoch's training, evaluation excluded.
  public var seconds: Double
  public var trainingLoss: Double
  public var testLoss: Double
  public var testAccuracy: Double
  /// Whether the parameters had the same bits on all ranks.
  public var replicasEqual: Bool
  public var parametersHash: String

  /// All fields at once.
  public init(
    epoch: Int, steps: Int, seconds: Double, trainingLoss: Double, testLoss: Double,
    testAccuracy: Double, replicasEqual: Bool, parametersHash: String
  ) {
    self.epoch = epoch
    self.steps = steps
    self.seconds = seconds
    self.trainingLoss = trainingLoss
    self.testLoss = testLoss
    self.testAccuracy = testAccuracy
    self.replicasEqual = replicasEqual
    self.parametersHash = parametersHash
  }
}
