import NeuralNetwork
internal import VectorKernels

/// The optimizer: one pass over parameters, state and gradients, distributed over the threads.
extension OpenBLASEngine {
  /// Number of parameters in a block, where the gradients of several ranks are summed.
  ///
  /// The sums of a block are still in the first-level cache when the optimizer reads them.
  private static let blockSize = 2048

  public func update(
    _ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int
  ) {
    let stateRange = attached.buffers.stateRange
    precondition(
      range.isEmpty
        || (stateRange.contains(range.lowerBound) && range.upperBound <= stateRange.upperBound),
      "update of parameters \(range), state passed for \(stateRange)")
    team.run { member in
      let part = Part.range(member, of: threads, count: range.count)
      update(
        (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound),
        summing: gradients, scale: scale, step: step)
    }
  }

  /// Updates the range of one thread, block by block if several gradients have to be summed.
  private func update(
    _ range: Range<Int>, summing gradients: GradientSum, scale: Float, step: Int
  ) {
    if gradients.sources.count == 1 {
      return update(
        range, gradients: gradients.sources[0] + range.lowerBound, scale: scale, step: step)
    }
    withUnsafeTemporaryAllocation(of: Float.self, capacity: gradients.depth * Self.blockSize) {
      guard let stack = $0.baseAddress else { return }
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
        let count = min(Self.blockSize, range.upperBound - start)
        gradients.evaluate(from: start, count: count, stack: stack) { vk_add($0, $1, $2) }
        update(start..<(start + count), gradients: stack, scale: scale, step: step)
      }
    }
  }

  /// Applies the optimizer's rule to `range`.
  ///
  /// - Parameter gradients: starts with the gradient of the first parameter of `range`.
  private func update(
    _ range: Range<Int>, gradients: UnsafePointer<Float>, scale: Float, step: Int
  ) {
    let buffers = attached.buffers
    guard let base = buffers.parameters.baseAddress else { return }
    let parameters = base + range.lowerBound
    let first = range.lowerBound - buffers.stateRange.lowerBound
    let state = buffers.optimizerState.baseAddress.map { $0 + first }
    let count = range.count
    let rate = optimizer.rate(step: step)
    let decay = optimizer.weightDecay
    switch (optimizer.kind, state) {
    case (.adam, let state?):
      vk_adam(
        parameters, state, state + buffers.stateRange.count, gradients, count, scale,
        Float(1 - rate * decay), Float(optimizer.adamStepSize(step: step)),
        Float(1 / optimizer.adamSecondCorrection(step: step)), Float(1 - optimizer.beta1),
        Float(optimizer.beta2), Float(1 - optimizer.beta2), Float(optimizer.epsilon))
    case (.sgd, let state?) where optimizer.momentum != 0:
      vk_sgd_momentum(
        parameters, state, gradients, count, scale, Float(rate), Float(decay),
        Float(optimizer.momentum))
    case (.sgd, _):
      vk_sgd(parameters, gradients, count, scale, Float(rate), Float(decay))
    case (.adam, nil):
      preconditionFailure("no optimizer state passed")
    }
  }
}
