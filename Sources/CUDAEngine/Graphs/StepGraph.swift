import NeuralNetwork

/// Several consecutive training steps as one CUDA graph.
///
/// It begins with the indices and the optimizer's constants of all steps on the host and ends with
/// updated parameters on the device and the steps' results on the host.
final class StepGraph {
  /// The numbers of samples and steps that a graph is made for.
  struct Size: Hashable {
    /// Samples in each step.
    let samples: Int
    let steps: Int
  }

  /// Number of copies in a graph: constants and indices to the device, results to the host.
  static let copies = 3

  let size: Size
  let graph: Graph
  /// Index of the first outcome of a launch until its results are collected; else nil.
  var firstResult: Int?
  private let done: Event
  private let constants: PinnedMemory<UpdateConstants>
  private let indices: PinnedMemory<Int32>
  private let sums: PinnedMemory<BatchSums>
  /// The device memory of constants, indices and results; the graph uses it as long as it exists.
  private let memory: (DeviceMemory<UpdateConstants>, DeviceMemory<Int32>, DeviceMemory<BatchSums>)

  /// Captures `size.steps` steps of `size.samples` samples each.
  init(_ engine: CUDAEngine, _ attached: Attachment, _ size: Size) throws {
    let gpu = engine.gpu
    let (main, passes) = (engine.main, attached.passes)
    self.size = size
    done = try Event(gpu)
    let constants = try PinnedMemory<UpdateConstants>(gpu, count: size.steps)
    let indices = try PinnedMemory<Int32>(gpu, count: size.steps * size.samples)
    let sums = try PinnedMemory<BatchSums>(gpu, count: size.steps)
    let memory = (
      try DeviceMemory<UpdateConstants>(gpu, count: size.steps),
      try DeviceMemory<Int32>(gpu, count: size.steps * size.samples),
      try DeviceMemory<BatchSums>(gpu, count: size.steps)
    )
    try passes.warmUp(
      Passes.Batch(
        samples: attached.samples, indices: attached.indices.address, count: size.samples),
      attached.space, into: attached.sums, attached.replica.gradients)
    // An update of no parameters: the driver must load this kernel before the capture, too.
    try engine.update(0..<0, attached, constants: memory.0, slot: 0, on: main)
    try main.synchronize()
    let (early, updates, all) = (passes.plan.earlyUpdate, engine.uploads, engine.layout.count)
    let start = early.map { passes.plan.stages[$0].parameters.lowerBound } ?? all
    let turns = try (0..<3).map { _ in try Event(gpu) }
    graph = try Graph(main) {
      try main.copy(UnsafeBufferPointer(constants.elements), to: memory.0.address)
      try main.copy(UnsafeBufferPointer(indices.elements), to: memory.1.address)
      func batch(_ step: Int) -> Passes.Batch {
        Passes.Batch(
          samples: attached.samples, indices: memory.1.at(step * size.samples), count: size.samples)
      }
      try passes.gather(batch(0), attached.space)
      for step in 0..<size.steps {
        // Only the next step needs these inputs, so they are gathered beside this step.
        if step + 1 < size.steps { try passes.gatherAhead(batch(step + 1), attached.space) }
        try passes.layers(batch(step), attached.space)
        try passes.loss(batch(step), attached.space, into: memory.2, slot: step)
        for stage in passes.plan.stages.indices.reversed() {
          try passes.backward(stage, size.samples, attached.space, into: attached.replica.gradients)
          guard stage == early else { continue }
          // The update needs the gradients, and no kernel may still read the old weights.
          try updates.wait(for: passes.weightStream(stage), passing: turns[0])
          try updates.wait(for: main, passing: turns[1])
          try engine.update(
            start..<all, attached, constants: memory.0, slot: step, on: updates)
        }
        try passes.joinSide()
        try engine.update(
          0..<(early == nil ? all : start), attached, constants: memory.0, slot: step, on: main)
        if early != nil { try main.wait(for: updates, passing: turns[2]) }
        if step + 1 < size.steps { attached.space.turnInputs() }
      }
      try main.copy(memory.2.address, to: sums.elements)
    }
    self.constants = constants
    self.indices = indices
    self.sums = sums
    self.memory = memory
  }

  /// Starts a step for each batch.
  ///
  /// - Parameter result: index of the outcome of the first batch, for `collect`.
  func start(
    _ batches: ArraySlice<UnsafeBufferPointer<Int32>>, _ optimizer: Optimizer, firstStep: Int,
    result: Int, on stream: Stream
  ) throws {
    for (offset, batch) in batches.enumerated() {
      constants.elements[offset] = UpdateConstants(
        optimizer, scale: 1 / Float(size.samples), step: firstStep + offset)
      for (index, sample) in batch.enumerated() {
        indices.elements[offset * size.samples + index] = sample
      }
    }
    try graph.launch(on: stream)
    try done.record(on: stream)
    firstResult = result
  }

  /// Waits for the steps that were started and stores their results in `outcomes`.
  func collect(into outcomes: inout [BatchOutcome]) throws {
    guard let first = firstResult else { return }
    try done.synchronize()
    firstResult = nil
    for (offset, batch) in sums.elements.enumerated() {
      outcomes[first + offset].lossSum = batch.lossSum
      outcomes[first + offset].correct = Int(batch.correct)
    }
  }
}
