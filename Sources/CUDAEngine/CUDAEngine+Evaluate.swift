import NeuralNetwork

extension CUDAEngine {
  /// Number of samples that are evaluated together.
  private static let evaluationBatch = 512

  public func evaluate(_ samples: Samples) -> EvaluationOutcome {
    var failed = EvaluationOutcome()
    failed.lossSum = .nan
    return onDevice(failed) { try evaluate(samples, attached()) }
  }

  private func evaluate(_ samples: Samples, _ attached: Attachment) throws -> EvaluationOutcome {
    guard samples.count > 0 else { return EvaluationOutcome() }
    let onDevice = try DeviceSamples(samples, on: main)
    let size = min(samples.count, Self.evaluationBatch)
    let batches = (samples.count + size - 1) / size
    let evaluation = try evaluationPasses(attached, size: size, batches: batches)
    var sums = [BatchSums](repeating: BatchSums(), count: batches)
    // The samples must exist until the device has read them, also where a call fails.
    try withExtendedLifetime(onDevice) {
      do {
        for number in 0..<batches {
          let first = number * size
          let batch = Passes.Batch(
            samples: onDevice, first: first, count: min(size, samples.count - first))
          try evaluation.passes.forward(batch, evaluation.space)
          try evaluation.passes.loss(batch, evaluation.space, into: evaluation.sums, slot: number)
        }
        try sums.withUnsafeMutableBufferPointer { sums in
          try main.copy(evaluation.sums.address, to: sums)
          try main.synchronize()
        }
      } catch {
        try? main.synchronize()
        throw error
      }
    }
    return sums.reduce(into: EvaluationOutcome()) { outcome, batch in
      outcome.lossSum += batch.lossSum
      outcome.correct += Int(batch.correct)
    }
  }

  /// Passes and memory for evaluation, made anew where the existing ones are too small.
  private func evaluationPasses(
    _ attached: Attachment, size: Int, batches: Int
  ) throws -> (passes: Passes, space: Workspace, sums: DeviceMemory<BatchSums>) {
    if let known = attached.evaluation, known.space.capacity >= size, known.sums.count >= batches {
      return known
    }
    attached.evaluation = nil
    let products = try Products(
      plan, largest: size, isForTraining: false, settings: self.products, main: main, side: side)
    let passes = try Passes(
      plan, model, parameters: attached.replica.parameters, products: products, main: main,
      side: side, fusesHead: false)
    let made = (
      passes, try Workspace(plan, capacity: size, isForTraining: false, on: main),
      try DeviceMemory<BatchSums>(gpu, count: batches)
    )
    attached.evaluation = made
    return made
  }
}
