/// How gradients change parameters: the kind and all its constants.
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
  /// Share of the last step kept (sgd).
  public var momentum: Double
  /// Decay of the first moment (adam).
  public var beta1 = 0.9
  /// Decay of the second moment (adam).
  public var beta2 = 0.999
  /// Added to the root of the second moment (adam).
  public var epsilon = 1e-8
  /// adam: the parameters shrink by `learningRate * weightDecay` a step; sgd: added to the
  /// gradient.
  public var weightDecay: Double
  /// How the learning rate changes over the run.
  public var schedule = Schedule.constant
  /// Steps of the run that the schedule spans.
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

  /// Numbers of state kept for each parameter: adam two, sgd one with momentum and none without.
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

  /// adam's step size over the bias correction of the first moment, at step `step` (from 1).
  public func adamStepSize(step: Int) -> Double {
    rate(step: step) / (1 - Self.power(beta1, step))
  }

  /// Root of adam's bias correction of the second moment, at step `step` (from 1).
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
