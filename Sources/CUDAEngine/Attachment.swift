import NeuralNetwork

/// What `attach` was given, and all that was made for it on the device.
final class Attachment {
  let samples: DeviceSamples
  let buffers: ModelBuffers
  let replica: DeviceReplica
  let passes: Passes
  let space: Workspace
  /// The batch at hand, on the host and on the device.
  let hostIndices: PinnedMemory<Int32>
  let indices: DeviceMemory<Int32>
  /// What the batch came to.
  let hostSums: PinnedMemory<BatchSums>
  let sums: DeviceMemory<BatchSums>
  /// Gradients that came from the host have been read there.
  let uploaded: Event
  /// The updates that were given to the device have read theirs.
  let consumed: Event
  /// Parameters whose gradients from the host the device may still have to read.
  var unread: [Range<Int>] = []
  /// Whether a pass for gradients is under way.
  var isComputing = false
  /// Whether the device has changed parameters or state since they were last copied.
  var isDeviceNewer = false
  /// Graphs of passes for gradients.
  var gradientGraphs: [GradientGraph.Size: GradientGraph] = [:]
  /// Graphs of whole steps by samples and steps; two of each take turns.
  var stepGraphs: [StepGraph.Size: [StepGraph]] = [:]
  /// The gradient buffer that the caller gave last.
  var landing: GradientLanding?
  /// Gradients that came from the host.
  var incoming: DeviceMemory<Float>?
  /// Passes over samples for evaluation alone; made when first needed.
  var evaluation: (passes: Passes, space: Workspace, sums: DeviceMemory<BatchSums>)?

  /// - Throws: `CUDAError` where the device has too little memory.
  init(
    _ engine: CUDAEngine, samples: Samples, buffers: ModelBuffers, largestBatch: Int
  ) throws {
    let (main, gpu) = (engine.main, engine.gpu)
    // Kernels count the numbers of a layer in 32 bits.
    guard largestBatch <= Int(Int32.max) / max(engine.plan.widest, 1) else {
      throw DeviceUnavailable(
        description: "a batch of \(largestBatch) is too large for a GPU; "
          + "expected at most \(Int(Int32.max) / engine.plan.widest) with this model")
    }
    self.buffers = buffers
    self.samples = try DeviceSamples(samples, on: main)
    replica = try DeviceReplica(buffers, gradients: engine.gradients, on: main)
    try replica.adopt(buffers, on: main)
    let products = try Products(
      engine.plan, largest: largestBatch, isForTraining: true, settings: engine.products,
      main: main, side: engine.side)
    passes = try Passes(
      engine.plan, engine.model, parameters: replica.parameters, products: products, main: main,
      side: engine.side, fusesHead: engine.products.fusesHead)
    space = try Workspace(engine.plan, capacity: largestBatch, isForTraining: true, on: main)
    hostIndices = try PinnedMemory(gpu, count: largestBatch)
    indices = try DeviceMemory(gpu, count: largestBatch)
    // A warm-up before the first batch takes sample 0.
    try indices.clear(on: main)
    hostSums = try PinnedMemory(gpu, count: 1)
    sums = try DeviceMemory(gpu, count: 1)
    uploaded = try Event(gpu)
    consumed = try Event(gpu)
  }

  /// Checks a batch that a caller gave.
  func check(_ batch: UnsafeBufferPointer<Int32>) {
    precondition(
      batch.count <= space.capacity, "batch of \(batch.count), \(space.capacity) at most")
    for index in batch {
      precondition(
        0 <= index && Int(index) < samples.count, "sample \(index) of \(samples.count)")
    }
  }
}
