import NeuralNetwork
internal import VectorKernels

/// What a pass reads and nobody changes while it runs: the parameters, and what `prepare` made of
/// them.
struct Weights {
  let parameters: UnsafeMutablePointer<Float>
  /// For each stage; see `StageParameters.factors`.
  let factors: [FloatBuffer]

  init(_ plan: Plan, parameters: UnsafeMutablePointer<Float>) {
    self.parameters = parameters
    factors = plan.stages.map { FloatBuffer(count: $0.factorCount) }
  }
}

/// The passes over a part of a batch. All that changes is in the workspace and in the target, so
/// that several parts, each with its own, can be computed at the same time.
extension Plan {
  /// Once after each change of the parameters, before the passes.
  func prepare(_ weights: Weights) {
    for (place, stage) in stages.enumerated() {
      guard case .winograd(let convolution) = stage.work else { continue }
      WinogradFactors(convolution, at: weights.factors[place].data)
        .prepare(weights.parameters + stage.weights.lowerBound)
    }
  }

  /// All stages, from the inputs in the workspace to its last outputs.
  func forward(count: Int, _ weights: Weights, _ workspace: Workspace) {
    for block in blocks(count) {
      for place in 0..<blockStages { forward(place, block, weights, workspace) }
    }
    for place in blockStages..<stages.count { forward(place, 0..<count, weights, workspace) }
  }

  /// All stages backwards, from the gradients of the last outputs to those of all parameters.
  ///
  /// Overwrites `target`; tells `onReady` each range that is final.
  func backward(
    count: Int, _ weights: Weights, _ workspace: Workspace,
    into target: UnsafeMutablePointer<Float>, onReady: (Range<Int>) -> Void
  ) {
    for place in (blockStages..<stages.count).reversed() {
      backward(place, 0..<count, weights, workspace, into: target)
      announce(place, onReady)
    }
    for block in blocks(count) {
      for place in (0..<blockStages).reversed() {
        backward(place, block, weights, workspace, into: target)
      }
    }
    for place in (0..<blockStages).reversed() {
      if case .winograd(let convolution) = stages[place].work {
        WinogradFactors(convolution, at: workspace.factorGradients[place].data)
          .finish(into: target + stages[place].weights.lowerBound)
        workspace.clock?.end(.backward(stage: place))
      }
      announce(place, onReady)
    }
  }

  private func announce(_ place: Int, _ onReady: (Range<Int>) -> Void) {
    let stage = stages[place]
    if !stage.biases.isEmpty { onReady(stage.weights.lowerBound..<stage.biases.upperBound) }
  }

  private func blocks(_ count: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: blockImages).lazy.map { $0..<min($0 + blockImages, count) }
  }

  private func parameters(_ place: Int, _ weights: Weights) -> StageParameters {
    StageParameters(
      weights: weights.parameters + stages[place].weights.lowerBound,
      bias: weights.parameters + stages[place].biases.lowerBound,
      factors: weights.factors[place].data)
  }

  private func forward(
    _ place: Int, _ samples: Range<Int>, _ weights: Weights, _ workspace: Workspace
  ) {
    let stage = stages[place]
    let memory = workspace.memory(self, place, samples)
    let parameters = parameters(place, weights)
    switch stage.work {
    case .winograd(let convolution): convolution.forward(memory, parameters)
    case .direct(let convolution): convolution.forward(memory, parameters)
    case .im2col(let convolution): convolution.forward(memory, parameters)
    case .fullyConnected: stage.connect(memory, parameters)
    case .relu: stage.rectify(memory)
    case .maxPool(let size): stage.pool(memory, size: size)
    }
    workspace.clock?.end(.forward(stage: place))
  }

  private func backward(
    _ place: Int, _ samples: Range<Int>, _ weights: Weights, _ workspace: Workspace,
    into target: UnsafeMutablePointer<Float>
  ) {
    let stage = stages[place]
    let memory = workspace.memory(self, place, samples)
    let parameters = parameters(place, weights)
    let gradients = StageGradients(
      output: workspace.gradient(self, place + 1, samples),
      input: stage.isFirst ? nil : workspace.gradient(self, place, samples),
      weights: target + stage.weights.lowerBound, bias: target + stage.biases.lowerBound,
      factors: workspace.factorGradients[place].data, isAdding: samples.lowerBound > 0)
    if !gradients.isAdding { gradients.bias.update(repeating: 0, count: stage.biases.count) }
    switch stage.work {
    case .winograd(let convolution): convolution.backward(memory, parameters, gradients)
    case .direct(let convolution): convolution.backward(memory, gradients)
    case .im2col(let convolution): convolution.backward(memory, parameters, gradients)
    case .fullyConnected: stage.connectGradients(memory, parameters, gradients)
    case .relu: stage.rectifyGradients(memory, gradients)
    case .maxPool(let size): stage.poolGradients(memory, gradients, size: size)
    }
    workspace.clock?.end(.backward(stage: place))
  }
}
