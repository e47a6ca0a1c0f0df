import NeuralNetwork
import VectorKernels

/// Training steps on the CPU: OpenBLAS for products, vector kernels for the rest.
///
/// Nothing is allocated after `attach`. OpenBLAS's own threads (see `BLAS.setThreads`) share each
/// product.
public final class OpenBLASEngine: Engine {
  public let device = "cpu"
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  /// For each layer what `Convolution` needs; nil for other layers.
  let convolutions: [Convolution?]
  /// For each layer the places of weight and bias; empty ranges for layers without.
  let weightRanges: [Range<Int>]
  let biasRanges: [Range<Int>]
  var lent: (samples: Samples, buffers: ModelBuffers, workspace: Workspace)?

  /// Images evaluated at a time.
  private static let evaluationBatch = 64

  /// An engine for `model`, to be attached to samples and buffers.
  public init(model: Model, optimizer: Optimizer) {
    self.model = model
    self.optimizer = optimizer
    let layout = ParameterLayout(of: model)
    self.layout = layout
    convolutions = model.layers.map { placed in
      guard case .convolution(let kernel, _) = placed.layer else { return nil }
      return Convolution(placed, kernel: kernel)
    }
    func ranges(_ part: String) -> [Range<Int>] {
      model.layers.map { placed in
        placed.name.flatMap { layout["\($0).\(part)"]?.range } ?? 0..<0
      }
    }
    weightRanges = ranges("weight")
    biasRanges = ranges("bias")
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters lent, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= layout.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state lent, "
        + "\(layout.count * optimizer.statesPerParameter) needed")
    lent = (
      samples, buffers,
      Workspace(
        model: model, largestBatch: max(largestBatch, Self.evaluationBatch),
        columnElements: convolutions.compactMap { $0?.columnElements }.max() ?? 0)
    )
  }

  var attached: (samples: Samples, buffers: ModelBuffers, workspace: Workspace) {
    guard let lent else { preconditionFailure("attach before anything else") }
    return lent
  }

  public func publishParameters() {}

  public func computeGradients(
    of indices: UnsafeBufferPointer<Int32>, into gradients: UnsafeMutableBufferPointer<Float>,
    onReady: (Range<Int>) -> Void
  ) -> BatchOutcome {
    let (samples, _, workspace) = attached
    let count = indices.count
    precondition(
      count <= workspace.largestBatch, "batch of \(count), \(workspace.largestBatch) at most")
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
    load(indices, of: samples, into: workspace)
    let loaded = ContinuousClock.now
    forward(count: count, workspace)
    let loss = softmaxCrossEntropy(indices: indices, labels: samples.labels, workspace)
    outcome.lossSum = loss.sum
    outcome.correct = loss.correct
    let forwarded = ContinuousClock.now
    backward(count: count, workspace, into: target, onReady: onReady)
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
    let workspace = attached.workspace
    var outcome = EvaluationOutcome()
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: Self.evaluationBatch) { indices in
      for first in stride(from: 0, to: samples.count, by: Self.evaluationBatch) {
        let count = min(Self.evaluationBatch, samples.count - first)
        for place in 0..<count { indices[place] = Int32(first + place) }
        let batch = UnsafeBufferPointer(rebasing: UnsafeBufferPointer(indices)[..<count])
        load(batch, of: samples, into: workspace)
        forward(count: count, workspace)
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
