extension Work {
  /// The optimizer with all its constants; those that it does not use are nil.
  public struct Optimizer: Codable, Hashable, Sendable {
    public var kind: String
    public var learningRate: Double
    public var momentum: Double?
    public var beta1: Double?
    public var beta2: Double?
    public var epsilon: Double?
    public var weightDecay: Double
    public var schedule: String

    /// All fields at once.
    public init(
      kind: String, learningRate: Double, momentum: Double? = nil, beta1: Double? = nil,
      beta2: Double? = nil, epsilon: Double? = nil, weightDecay: Double, schedule: String
    ) {
      self.kind = kind
      self.learningRate = learningRate
      self.momentum = momentum
      self.beta1 = beta1
      self.beta2 = beta2
      self.epsilon = epsilon
      self.weightDecay = weightDecay
      self.schedule = schedule
    }
  }

  /// Mean and population standard deviation of byte/255 over the training images in use.
  public struct Normalisation: Codable, Hashable, Sendable {
    public var mean: Double
    public var deviation: Double

    /// Both numbers, without a unit.
    public init(mean: Double, deviation: Double) {
      self.mean = mean
      self.deviation = deviation
    }
  }
}
