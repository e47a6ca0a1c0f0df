import NeuralNetwork
internal import VectorKernels

/// The parameters and the transformed weights, which do not change during a pass.
struct Weights {
  let parameters: UnsafeMutablePointer<Float>
  /// Transformed weights of each stage; see `StageParameters.factors`.
  let factors: [FloatBuffer]

  init(_ plan: Plan, parameters: UnsafeMutablePointer<Float>) {
    self.parameters = parameters
    factors = plan.stages.map { FloatBuffer(count: $0.factorCount) }
  }
}

/// The passes over a part of a batch.
///
/// They write only to the workspace and to the target. So several parts, each with its own
/// workspace and target, can be computed at the same time.
extension Plan {
  /// Transforms the weights; called after each change of the parameters, before the passes.
  func prepare(_ weights: Weights) {
    for (index, stage) in stages.enumerated() {
      let (factors, own) = (
        weights.factors[index].data, weights.parameters + stage.weights.lowerBound
      )
      switch stage.work {
      case .winograd(let convolution): WinogradFactors(convolution, at: factors).prepare(own)
      case .fullyConnected where stage.roundsFactors:
        RoundedWeights(stage, at: factors).prepare(own)
      default: continue
      }
    }
  }

  /// Computes all stages, from the inputs in the workspace to its last outputs.
  func forward(count: Int, _ weights: Weights, _ workspace: Workspace) {
    for block in blocks(count) {
      for index in 0..<blockStages { forward(index, block, of: count, weights, workspace) }
    }
    for index in blockStages..<stages.count {
      forward(index, 0..<count, of: count, weights, workspace)
    }
  }

  /// Computes the gradients of all parameters from those of the last outputs, last stage first.
  ///
  /// Overwrites `target`; calls `onReady` with each range of gradients that is final.
  func backward(
    count: Int, _ weights: Weights, _ workspace: Workspace,
    into target: UnsafeMutablePointer<Float>, onReady: (Range<Int>) -> Void
  ) {
    for index in (blockStages..<stages.count).reversed() {
      backward(index, 0..<count, of: count, weights, workspace, into: target)
      announce(index, onReady)
    }
    for block in blocks(count) {
      for index in (0..<blockStages).reversed() {
        backward(index, block, of: count, weights, workspace, into: target)
      }
    }
    for index in (0..<blockStages).reversed() {
      if case .winograd(let convolution) = stages[index].work {
        WinogradFactors(convolution, at: workspace.factorGradients[index].data)
          .finish(into: target + stages[index].weights.lowerBound)
        workspace.clock?.end(.backward(stage: index))
      }
      announce(index, onReady)
    }
  }

  private func announce(_ index: Int, _ onReady: (Range<Int>) -> Void) {
    let stage = stages[index]
    if !stage.biases.isEmpty { onReady(stage.weights.lowerBound..<stage.biases.upperBound) }
  }

  private func blocks(_ count: Int) -> some Sequence<Range<Int>> {
    stride(from: 0, to: count, by: blockImages).lazy.map { $0..<min($0 + blockImages, count) }
  }

  private func parameters(_ index: Int, _ weights: Weights) -> StageParameters {
    StageParameters(
      weights: weights.parameters + stages[index].weights.lowerBound,
      bias: weights.parameters + stages[index].biases.lowerBound,
      factors: weights.factors[index].data)
  }

  /// The memory of a stage for a block of a part with `count` samples.
  private func memory(
    _ index: Int, _ samples: Range<Int>, of count: Int, _ workspace: Workspace
  ) -> StageMemory {
    workspace.memory(
      self, index, samples, nextCount: min(blockImages, count - samples.upperBound))
  }

  private func forward(
    _ index: Int, _ samples: Range<Int>, of count: Int, _ weights: Weights, _ workspace: Workspace
  ) {
    let stage = stages[index]
    let memory = memory(index, samples, of: count, workspace)
    let parameters = parameters(index, weights)
    switch stage.work {
    case .winograd(let convolution): convolution.forward(memory, parameters)
    case .direct(let convolution): convolution.forward(memory, parameters)
    case .im2col(let convolution): convolution.forward(memory, parameters)
    case .fullyConnected where stage.roundsFactors: stage.connectRounded(memory, parameters)
    case .fullyConnected: stage.connect(memory, parameters)
    case .relu: stage.rectify(memory)
    case .maxPool(let size): stage.pool(memory, size: size)
    }
    workspace.clock?.end(.forward(stage: index))
  }

  private func backward(
    _ index: Int, _ samples: Range<Int>, of count: Int, _ weights: Weights,
    _ workspace: Workspace, into target: UnsafeMutablePointer<Float>
  ) {
    let stage = stages[index]
    let memory = memory(index, samples, of: count, workspace)
    let parameters = parameters(index, weights)
    let gradients = StageGradients(
      output: workspace.gradient(self, index + 1, samples),
      outputContinues: index + 1 >= blockStages,
      input: stage.isFirst ? nil : workspace.gradient(self, index, samples),
      weights: target + stage.weights.lowerBound, bias: target + stage.biases.lowerBound,
      factors: workspace.factorGradients[index].data, isAdding: samples.lowerBound > 0)
    if !gradients.isAdding { gradients.bias.update(repeating: 0, count: stage.biases.count) }
    switch stage.work {
    case .winograd(let convolution): convolution.backward(memory, parameters, gradients)
    case .direct(let convolution): convolution.backward(memory, gradients)
    case .im2col(let convolution): convolution.backward(memory, parameters, gradients)
    case .fullyConnected where stage.roundsFactors:
      stage.connectRoundedGradients(memory, parameters, gradients)
    case .fullyConnected: stage.connectGradients(memory, parameters, gradients)
    case .relu: stage.rectifyGradients(memory, gradients)
    case .maxPool(let size): stage.poolGradients(memory, gradients, size: size)
    }
    workspace.clock?.end(.backward(stage: index))
  }
}
