/// The reference implementation of `Engine`: plain loops in double precision.
///
/// It is slow but easy to verify. Tests compare the faster engines with it.
public final class ReferenceEngine: Engine {
  public let device = "cpu (reference)"
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  var attachment: (samples: Samples, buffers: ModelBuffers)?

  /// An engine for `model`, to be attached to samples and buffers.
  public init(model: Model, optimizer: Optimizer) {
    self.model = model
    self.optimizer = optimizer
    layout = ParameterLayout(of: model)
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {
    samples.check(for: model)
    attachment = (samples, buffers)
  }

  private var attached: (samples: Samples, buffers: ModelBuffers) {
    guard let attachment else { preconditionFailure("attach before anything else") }
    return attachment
  }

  public func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    var sums = [Double](repeating: 0, count: layout.count)
    var outcome = BatchOutcome()
    for index in indices {
      let pass = forward(sample: Int(index), of: attached.samples)
      outcome.lossSum += pass.loss
      outcome.correct += pass.isCorrect ? 1 : 0
      backward(pass, into: &sums)
    }
    for index in 0..<layout.count { gradients[index] = Float(sums[index]) }
    onReady(0..<layout.count)
    return outcome
  }

  public func evaluate(_ samples: Samples) -> EvaluationOutcome {
    var outcome = EvaluationOutcome()
    for index in 0..<samples.count {
      let pass = forward(sample: index, of: samples)
      outcome.lossSum += pass.loss
      outcome.correct += pass.isCorrect ? 1 : 0
    }
    return outcome
  }

  public func publishParameters() {}

  public func update(
    _ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int
  ) {
    let parameters = attached.buffers.parameters
    let state = attached.buffers.optimizerState
    let stateRange = attached.buffers.stateRange
    let (rate, decay) = (optimizer.rate(step: step), optimizer.weightDecay)
    for index in range {
      let first = index - stateRange.lowerBound
      var parameter = Double(parameters[index])
      var gradient = gradients.sources.reduce(0) { $0 + Double($1[index]) } * Double(scale)
      switch optimizer.kind {
      case .sgd:
        gradient += decay * parameter
        if optimizer.momentum != 0 {
          gradient += optimizer.momentum * Double(state[first])
          state[first] = Float(gradient)
        }
        parameter -= rate * gradient
      case .adam:
        parameter *= 1 - rate * decay
        let second = stateRange.count + first
        let (beta1, beta2) = (optimizer.beta1, optimizer.beta2)
        let mean = beta1 * Double(state[first]) + (1 - beta1) * gradient
        let square = beta2 * Double(state[second]) + (1 - beta2) * gradient * gradient
        state[first] = Float(mean)
        state[second] = Float(square)
        let root = square.squareRoot() / optimizer.adamSecondCorrection(step: step)
        parameter -= optimizer.adamStepSize(step: step) * mean / (root + optimizer.epsilon)
      }
      parameters[index] = Float(parameter)
    }
  }

  /// Range in the flat buffers, and values, of a layer's `weight` or `bias`.
  func parameters(of placed: PlacedLayer, _ part: String) -> (
    Range<Int>, UnsafeBufferPointer<Float>
  ) {
    guard let name = placed.name, let tensor = layout["\(name).\(part)"] else {
      preconditionFailure("layer \(placed.layer) has no \(part)")
    }
    return (
      tensor.range,
      UnsafeBufferPointer(rebasing: UnsafeBufferPointer(attached.buffers.parameters)[tensor.range])
    )
  }
}
