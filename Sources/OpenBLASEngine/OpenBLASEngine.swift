import NeuralNetwork
internal import VectorKernels

/// Training steps on the CPU: OpenBLAS for products, vector kernels for the rest.
///
/// Nothing is allocated after `attach`. OpenBLAS's own threads (see `BLAS.setThreads`) share each
/// product.
public final class OpenBLASEngine: Engine {
  public let device = "cpu"
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  let plan: Plan
  var lent: Attachment?

  /// What `attach` was given, and the memory made for it.
  struct Attachment {
    let samples: Samples
    let buffers: ModelBuffers
    let weights: Weights
    let workspace: Workspace
  }

  /// Images evaluated at a time.
  private static let evaluationBatch = 64

  /// An engine for `model`, to be attached to samples and buffers.
  public init(model: Model, optimizer: Optimizer, convolution: ConvolutionMethod = .auto) {
    self.model = model
    self.optimizer = optimizer
    layout = ParameterLayout(of: model)
    plan = Plan(model, method: convolution)
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters lent, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= layout.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state lent, "
        + "\(layout.count * optimizer.statesPerParameter) needed")
    guard let parameters = buffers.parameters.baseAddress else { return }
    lent = Attachment(
      samples: samples, buffers: buffers, weights: Weights(plan, parameters: parameters),
      workspace: Workspace(plan, capacity: max(largestBatch, Self.evaluationBatch)))
  }

  var attached: Attachment {
    guard let lent else { preconditionFailure("attach before anything else") }
    return lent
  }

  public func publishParameters() {}

  public func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    let attached = attached
    let (weights, workspace) = (attached.weights, attached.workspace)
    let count = indices.count
    precondition(count <= workspace.capacity, "batch of \(count), \(workspace.capacity) at most")
    guard let target = gradients.baseAddress, gradients.count >= layout.count else {
      preconditionFailure("\(gradients.count) gradients, \(layout.count) needed")
    }
    var outcome = BatchOutcome()
    guard count > 0 else {
      target.update(repeating: 0, count: layout.count)
      onReady(0..<layout.count)
      return outcome
    }
    let start = ContinuousClock.now
    load(indices, of: attached.samples, into: workspace)
    let loaded = ContinuousClock.now
    plan.prepare(weights)
    plan.forward(count: count, weights, workspace)
    let loss = softmaxCrossEntropy(indices: indices, labels: attached.samples.labels, workspace)
    outcome.lossSum = loss.sum
    outcome.correct = loss.correct
    let forwarded = ContinuousClock.now
    plan.backward(count: count, weights, workspace, into: target, onReady: onReady)
    let end = ContinuousClock.now
    outcome.loadSeconds = Self.seconds(loaded - start)
    outcome.forwardSeconds = Self.seconds(forwarded - loaded)
    outcome.backwardSeconds = Self.seconds(end - forwarded)
    return outcome
  }

  private static func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }

  public func evaluate(_ samples: Samples) -> EvaluationOutcome {
    let (weights, workspace) = (attached.weights, attached.workspace)
    var outcome = EvaluationOutcome()
    plan.prepare(weights)
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.evaluationBatch) { indices in
      for first in stride(from: 0, to: samples.count, by: Self.evaluationBatch) {
        let count = min(Self.evaluationBatch, samples.count - first)
        for place in 0..<count { indices[place] = Int32(first + place) }
        let batch = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(indices)[..<count])
        load(batch, of: samples, into: workspace)
        plan.forward(count: count, weights, workspace)
        let loss = softmaxCrossEntropy(indices: batch, labels: samples.labels, workspace)
        outcome.lossSum += loss.sum
        outcome.correct += loss.correct
      }
    }
    return outcome
  }

  public func update(
    _ range: Range<Int>, gradients: UnsafePointer<Float>, scale: Float, step: Int
  ) {
    let (start, count) = (range.lowerBound, range.count)
    guard let parameters = attached.buffers.parameters.baseAddress else { return }
    let state = attached.buffers.optimizerState.baseAddress
    let rate = Float(optimizer.rate(step: step))
    let decay = Float(optimizer.weightDecay)
    switch (optimizer.kind, state) {
    case (.adam, let state?):
      vk_adam(
        parameters + start, state + start, state + layout.count + start, gradients + start, count,
        scale, Float(1 - optimizer.rate(step: step) * optimizer.weightDecay),
        Float(optimizer.adamStepSize(step: step)),
        Float(1 / optimizer.adamSecondCorrection(step: step)), Float(1 - optimizer.beta1),
        Float(optimizer.beta2), Float(1 - optimizer.beta2), Float(optimizer.epsilon))
    case (.sgd, let state?) where optimizer.momentum != 0:
      vk_sgd_momentum(
        parameters + start, state + start, gradients + start, count, scale, rate, decay,
        Float(optimizer.momentum))
    case (.sgd, _):
      vk_sgd(parameters + start, gradients + start, count, scale, rate, decay)
    case (.adam, nil):
      preconditionFailure("no optimizer state lent")
    }
  }
}
