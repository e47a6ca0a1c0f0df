import NeuralNetwork

/// A buffer of floats, freed when the object is released.
final class FloatBuffer {
  let data: UnsafeMutablePointer<Float>
  let count: Int

  /// Allocates `count` zeros, at least 16, aligned to a cache line.
  init(count: Int) {
    self.count = max(count, 16)
    guard let start = NumberMemory.allocate(self.count).baseAddress else {
      preconditionFailure("no memory for \(count) numbers")
    }
    data = start
  }

  deinit { NumberMemory.deallocate(UnsafeMutableBufferPointer(start: data, count: count)) }
}

/// The memory that one pass over some samples uses for the data between its stages.
///
/// Passes that run at the same time need a workspace each.
final class Workspace {
  /// Largest number of samples in a pass.
  let capacity: Int
  /// The inputs of each stage for all samples, then the outputs of the last stage.
  let activations: [FloatBuffer]
  /// The gradients of the activations; for stages that work block by block, those of one block.
  let gradients: [FloatBuffer]
  /// For pooling stages, which element of its window each output was taken from; else empty.
  let choices: [UnsafeMutableBufferPointer<UInt8>]
  /// Sums of the gradients of transformed weights, for stages that transform their weights.
  let factorGradients: [FloatBuffer]
  /// Scratch memory of a stage: transformed tiles or window matrices of a block, or products.
  let scratch: FloatBuffer
  /// Measures the time of each stage; nil unless the engine is profiled.
  var clock: StageClock?

  init(_ plan: Plan, capacity: Int) {
    self.capacity = capacity
    let block = min(plan.blockImages, capacity)
    let sizes = plan.stages.map(\.input.count) + [plan.stages.last?.output.count ?? 0]
    activations = sizes.map { FloatBuffer(count: capacity * $0) }
    gradients = sizes.enumerated().map { index, size in
      FloatBuffer(count: index == 0 ? 0 : (index < plan.blockStages ? block : capacity) * size)
    }
    choices = plan.stages.map { .allocate(capacity: capacity * $0.choicesPerSample) }
    factorGradients = plan.stages.map { FloatBuffer(count: $0.factorSumCount) }
    let scratchCounts = plan.stages.enumerated().map { index, stage in
      stage.scratchCount(images: index < plan.blockStages ? block : capacity)
    }
    scratch = FloatBuffer(count: scratchCounts.max() ?? 0)
  }

  deinit { for choice in choices { choice.deallocate() } }

  /// The memory of stage `index` for the samples of `range`, which `nextCount` samples follow.
  func memory(
    _ plan: Plan, _ index: Int, _ range: Range<Int>, nextCount: Int
  ) -> StageMemory {
    let stage = plan.stages[index]
    return StageMemory(
      count: range.count, nextCount: nextCount,
      input: activations[index].data + range.lowerBound * stage.input.count,
      output: activations[index + 1].data + range.lowerBound * stage.output.count,
      choices: choices[index].baseAddress.map { $0 + range.lowerBound * stage.choicesPerSample },
      scratch: scratch.data)
  }

  /// The gradients of the inputs of stage `index`; `stages.count` stands for the last outputs.
  func gradient(_ plan: Plan, _ index: Int, _ range: Range<Int>) -> UnsafeMutablePointer<Float> {
    guard index >= plan.blockStages, index < plan.stages.count else { return gradients[index].data }
    return gradients[index].data + range.lowerBound * plan.stages[index].input.count
  }
}
