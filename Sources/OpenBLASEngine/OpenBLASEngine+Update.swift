import NeuralNetwork
internal import VectorKernels

/// The optimizer: one pass over parameters, state and gradients, distributed over the threads.
extension OpenBLASEngine {
  /// Number of parameters in a block, where the update works block by block.
  ///
  /// The numbers of a block are still in the first-level cache when the next step reads them.
  private static let blockSize = 2048

  public func update(
    _ range: Range<Int>, from gradients: GradientSum, scale: Float, step: Int
  ) {
    let stateRange = attached.buffers.stateRange
    precondition(
      range.isEmpty
        || (stateRange.contains(range.lowerBound) && range.upperBound <= stateRange.upperBound),
      "update of parameters \(range), state passed for \(stateRange)")
    let writing = sharesParameters ? sharedWriting.next() : .throughCaches
    let rule = rule(step: step)
    let start = ContinuousClock.now
    team.run { member in
      let part = Part.range(member, of: threads, count: range.count)
      update(
        (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound),
        summing: gradients, scale: scale, writing, rule)
    }
    sharedWriting.record(
      writing, seconds: Self.seconds(ContinuousClock.now - start), count: range.count)
  }

  /// Whether other cores read the parameters that a thread of this engine updates.
  private var sharesParameters: Bool {
    let buffers = attached.buffers
    return threads > 1 || buffers.stateRange.count < buffers.parameters.count
  }

  /// Updates the range of one thread.
  ///
  /// It works block by block if several gradients have to be summed, or for `pastCaches`. All but the
  /// last addition are made before; the optimizer's kernel makes that one while it computes. The kernel
  /// is bound by divisions and square roots, which hide its loads, but not those of a pass of their own.
  private func update(
    _ range: Range<Int>, summing gradients: GradientSum, scale: Float,
    _ writing: SharedWriting.Method, _ rule: Rule
  ) {
    guard let parameters = attached.buffers.parameters.baseAddress else { return }
    let isPast = writing == .pastCaches
    let length = gradients.sources.count > 1 || isPast ? Self.blockSize : max(range.count, 1)
    withUnsafeTemporaryAllocation(of: Float.self, capacity: (gradients.depth + 1) * Self.blockSize)
    {
      guard let copy = $0.baseAddress else { return }
      for start in stride(from: range.lowerBound, to: range.upperBound, by: length) {
        let count = min(length, range.upperBound - start)
        let summands = gradients.summands(
          from: start, count: count, stack: copy + Self.blockSize
        ) { vk_add($0, $1, $2) }
        rule(
          start,
          vk_update(
            parameters: parameters + start, updated: isPast ? copy : parameters + start,
            gradients: summands.first, more: summands.second ?? summands.first,
            scale: summands.second == nil ? scale / 2 : scale, count: count))
        if isPast { vk_copy_uncached(copy, count, parameters + start) }
      }
    }
  }

  /// Updates some parameters, the first of which has the index that is the first argument.
  private typealias Rule = (Int, vk_update) -> Void

  /// The optimizer's rule for a step.
  private func rule(step: Int) -> Rule {
    let states = attached.buffers.stateRange
    let state = attached.buffers.optimizerState.baseAddress
    let rate = optimizer.rate(step: step)
    let decay = Float(optimizer.weightDecay)
    switch (optimizer.kind, state) {
    case (.adam, let state?):
      let (keep, size) = (
        Float(1 - rate * optimizer.weightDecay), Float(optimizer.adamStepSize(step: step))
      )
      let correction = Float(1 / optimizer.adamSecondCorrection(step: step))
      let (new1, new2) = (Float(1 - optimizer.beta1), Float(1 - optimizer.beta2))
      let (beta2, epsilon) = (Float(optimizer.beta2), Float(optimizer.epsilon))
      return { start, update in
        let means = state + (start - states.lowerBound)
        vk_adam(
          update, means, means + states.count, keep, size, correction, new1, beta2, new2, epsilon)
      }
    case (.sgd, let state?) where optimizer.momentum != 0:
      let momentum = Float(optimizer.momentum)
      return { start, update in
        vk_sgd_momentum(update, state + (start - states.lowerBound), Float(rate), decay, momentum)
      }
    case (.sgd, _):
      return { vk_sgd($1, Float(rate), decay) }
    case (.adam, nil):
      preconditionFailure("no optimizer state passed")
    }
  }
}
