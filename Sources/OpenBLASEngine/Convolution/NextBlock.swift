import NeuralNetwork
internal import VectorKernels

/// The data that a stage reads or writes for the next block of samples.
///
/// They were last used a pass ago, so they are not in the second-level cache. A stage fetches them there,
/// piece by piece, while it computes the products of the current block, which leave the memory idle.
struct NextBlock {
  private let inputs: UnsafePointer<Float>
  private let inputCount: Int
  private let outputs: UnsafePointer<Float>?
  private let outputCount: Int
  private let choices: UnsafePointer<Float>?
  private let choiceCount: Int

  /// The data that follow those of a stage's current block.
  ///
  /// - Parameters:
  ///   - input: shape of a sample's inputs; `output` likewise.
  ///   - outputs: the outputs or their gradients of the current block; nil if the next block uses
  ///     the same memory.
  init(
    _ memory: StageMemory, input: Shape, output: Shape, outputs: UnsafeMutablePointer<Float>?
  ) {
    let (count, nextCount) = (memory.count, memory.nextCount)
    inputs = UnsafePointer(memory.input + count * input.count)
    inputCount = nextCount * input.count
    self.outputs = outputs.map { UnsafePointer($0 + count * output.count) }
    outputCount = nextCount * output.count
    choices = memory.choices.map {
      UnsafeRawPointer($0 + count * output.count).assumingMemoryBound(to: Float.self)
    }
    // A choice is a byte, a quarter of a number.
    choiceCount = nextCount * output.count / 4
  }

  /// Fetches one of `parts` equal parts.
  func fetch(part: Int, of parts: Int) {
    fetch(inputs, inputCount, part, parts)
    if let outputs { fetch(outputs, outputCount, part, parts) }
    if let choices { fetch(choices, choiceCount, part, parts) }
  }

  private func fetch(_ numbers: UnsafePointer<Float>, _ count: Int, _ part: Int, _ parts: Int) {
    let range = Part.range(part, of: parts, count: count)
    vk_prefetch(numbers + range.lowerBound, range.count)
  }
}
