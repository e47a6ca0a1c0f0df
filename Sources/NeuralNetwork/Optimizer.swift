/// The rule by which gradients change parameters: its kind and all its constants.
public struct Optimizer: Equatable, Sendable {
  /// The rule of the update.
  public enum Kind: String, Sendable, CaseIterable {
    /// Adam (Kingma and Ba 2015); with weight decay it is AdamW (Loshchilov and Hutter 2019).
    case adam
    /// Stochastic gradient descent, with momentum as PyTorch defines it.
    case sgd
  }

  public var kind: Kind
  public var learningRate: Double
  /// Factor on the momentum buffer in each step (sgd).
  public var momentum: Double
  /// Decay of the first moment (adam).
  public var beta1 = 0.9
  /// Decay of the second moment (adam).
  public var beta2 = 0.999
  /// Added to the square root of the second moment (adam).
  public var epsilon = 1e-8
  /// Weight decay as in PyTorch's `AdamW` and `SGD`.
  ///
  /// adam: each step multiplies the parameters by 1 - rate * `weightDecay`. sgd: `weightDecay`
  /// times the parameter is added to the gradient.
  public var weightDecay: Double
  /// How the learning rate changes over the run.
  public var schedule = Schedule.constant
  /// Number of steps that the schedule spans.
  public var scheduledSteps = 1

  /// An optimizer; the learning rate defaults to 1e-3 for adam and 0.05 for sgd.
  public init(
    kind: Kind, learningRate: Double? = nil, momentum: Double = 0, weightDecay: Double = 0
  ) {
    self.kind = kind
    self.learningRate = learningRate ?? (kind == .adam ? 1e-3 : 0.05)
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// Numbers of state per parameter: two for adam, one for sgd with momentum, none without.
  public var statesPerParameter: Int {
    switch kind {
    case .adam: 2
    case .sgd: momentum == 0 ? 0 : 1
    }
  }

  /// The learning rate in step `step` (from 1).
  public func rate(step: Int) -> Double {
    learningRate * schedule.factor(step: step, of: scheduledSteps)
  }

  /// adam's learning rate over the bias correction of the first moment, in step `step` (from 1).
  public func adamStepSize(step: Int) -> Double {
    rate(step: step) / (1 - Self.power(beta1, step))
  }

  /// Square root of adam's bias correction of the second moment, in step `step` (from 1).
  public func adamSecondCorrection(step: Int) -> Double {
    (1 - Self.power(beta2, step)).squareRoot()
  }

  private static func power(_ base: Double, _ exponent: Int) -> Double {
    var (result, factor, rest) = (1.0, base, exponent)
    while rest > 0 {
      if rest & 1 == 1 { result *= factor }
      factor *= factor
      rest >>= 1
    }
    return result
  }
}
