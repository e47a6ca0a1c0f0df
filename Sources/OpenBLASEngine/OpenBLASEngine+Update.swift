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
    let start = ContinuousClock.now
    team.run { member in
      let part = Part.range(member, of: threads, count: range.count)
      update(
        (range.lowerBound + part.lowerBound)..<(range.lowerBound + part.upperBound),
        summing: gradients, writing, scale: scale, step: step)
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
  /// It works block by block if several gradients have to be summed, or for `pastCaches`.
  private func update(
    _ range: Range<Int>, summing gradients: GradientSum, _ writing: SharedWriting.Method,
    scale: Float, step: Int
  ) {
    guard let parameters = attached.buffers.parameters.baseAddress else { return }
    let (isSum, isPast) = (gradients.sources.count > 1, writing == .pastCaches)
    guard isSum || isPast else {
      return update(
        range, of: parameters + range.lowerBound,
        gradients: gradients.sources[0] + range.lowerBound, scale: scale, step: step)
    }
    let capacity = (gradients.depth + 1) * Self.blockSize
    withUnsafeTemporaryAllocation(of: Float.self, capacity: capacity) {
      guard let copy = $0.baseAddress else { return }
      let stack = copy + Self.blockSize
      for start in stride(from: range.lowerBound, to: range.upperBound, by: Self.blockSize) {
        let count = min(Self.blockSize, range.upperBound - start)
        if isSum {
          gradients.evaluate(from: start, count: count, stack: stack) { vk_add($0, $1, $2) }
        }
        if isPast { copy.update(from: parameters + start, count: count) }
        update(
          start..<(start + count), of: isPast ? copy : parameters + start,
          gradients: isSum ? UnsafePointer(stack) : gradients.sources[0] + start, scale: scale,
          step: step)
        if isPast { vk_copy_uncached(copy, count, parameters + start) }
      }
    }
  }

  /// Applies the optimizer's rule to `range`.
  ///
  /// - Parameters:
  ///   - parameters: starts with the first parameter of `range`, like `gradients`.
  private func update(
    _ range: Range<Int>, of parameters: UnsafeMutablePointer<Float>,
    gradients: UnsafePointer<Float>, scale: Float, step: Int
  ) {
    let buffers = attached.buffers
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
