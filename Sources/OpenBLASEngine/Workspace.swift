import NeuralNetwork

/// Plain memory of an engine, made once and given back with it.
final class FloatBuffer {
  let data: UnsafeMutablePointer<Float>
  let count: Int

  /// `count` zeros at a cache line's start.
  init(count: Int) {
    self.count = max(count, 16)
    let bytes = self.count * MemoryLayout<Float>.stride
    data = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
      .bindMemory(to: Float.self, capacity: self.count)
    data.initialize(repeating: 0, count: self.count)
  }

  deinit { UnsafeMutableRawPointer(data).deallocate() }
}

/// What one pass over some samples needs between its stages.
///
/// Passes at the same time need one each.
final class Workspace {
  /// Samples that a pass can have.
  let capacity: Int
  /// The input of each stage for all samples, then the outputs of the last.
  let activations: [FloatBuffer]
  /// Gradients of the same: for stages that work by blocks those of one block.
  let gradients: [FloatBuffer]
  /// For pooling stages where each output comes from; else empty.
  let choices: [UnsafeMutableBufferPointer<UInt8>]
  /// Sums of the gradients of the weights' factors, for stages that have such.
  let factorGradients: [FloatBuffer]
  /// Transformed tiles or windows of a block.
  let scratch: FloatBuffer
  /// Told when a stage ends; nil unless the engine is profiled.
  var clock: StageClock?

  init(_ plan: Plan, capacity: Int) {
    self.capacity = capacity
    let block = min(plan.blockImages, capacity)
    let sizes = plan.stages.map(\.input.count) + [plan.stages.last?.output.count ?? 0]
    activations = sizes.map { FloatBuffer(count: capacity * $0) }
    gradients = sizes.enumerated().map { place, size in
      FloatBuffer(count: place == 0 ? 0 : (place < plan.blockStages ? block : capacity) * size)
    }
    choices = plan.stages.map { .allocate(capacity: capacity * $0.choicesPerSample) }
    factorGradients = plan.stages.map { FloatBuffer(count: $0.factorSumCount) }
    let scratchCounts = plan.stages.enumerated().map { place, stage in
      stage.scratchCount(images: place < plan.blockStages ? block : capacity)
    }
    scratch = FloatBuffer(count: scratchCounts.max() ?? 0)
  }

  deinit { for choice in choices { choice.deallocate() } }

  /// The memory of stage `place` for the samples of `range`.
  func memory(_ plan: Plan, _ place: Int, _ range: Range<Int>) -> StageMemory {
    let stage = plan.stages[place]
    return StageMemory(
      count: range.count,
      input: activations[place].data + range.lowerBound * stage.input.count,
      output: activations[place + 1].data + range.lowerBound * stage.output.count,
      choices: choices[place].baseAddress.map { $0 + range.lowerBound * stage.choicesPerSample },
      scratch: scratch.data)
  }

  /// The gradients of the inputs of stage `place` (of the last outputs if it is their number).
  func gradient(_ plan: Plan, _ place: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Float> {
    guard place >= plan.blockStages, place < plan.stages.count else { return gradients[place].data }
    return gradients[place].data + range.lowerBound * plan.stages[place].input.count
  }
}
