public import MessagePassing
public import NeuralNetwork

/// What is trained, with which engine, on which ranks.
///
/// All ranks create one with equal values, except that data and engine belong to the rank.
public struct TrainingJob {
  public let communicator: Communicator
  /// This rank's shard, and the facts about the data set.
  public let data: LocalData
  public let model: Model
  public let optimizer: Optimizer
  public let engine: any Engine
  public let plan: TrainingPlan
  /// Number of gradients that are exchanged in one call while the engine computes the others.
  ///
  /// 0 for all gradients in one call, nil for `AllReduceSync.standardBucket`. Without effect for an
  /// engine that cannot compute during an exchange.
  public let bucket: Int?
  /// The weights to start from, in canonical order, on rank 0; nil for random ones, and on other ranks.
  public let initialWeights: [Float]?

  /// A job by its parts.
  public init(
    communicator: Communicator, data: LocalData, model: Model, optimizer: Optimizer,
    engine: any Engine, plan: TrainingPlan, bucket: Int? = nil,
    initialWeights: [Float]? = nil
  ) {
    self.communicator = communicator
    self.data = data
    self.model = model
    self.optimizer = optimizer
    self.engine = engine
    self.plan = plan
    self.bucket = bucket
    self.initialWeights = initialWeights
  }
}
