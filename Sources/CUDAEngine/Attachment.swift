import NeuralNetwork

/// The samples and buffers given to `attach`, and everything made for them on the device.
final class Attachment {
  let samples: DeviceSamples
  let buffers: ModelBuffers
  let replica: DeviceReplica
  let passes: Passes
  let space: Workspace
  /// Indices of the current batch, on the host and on the device.
  let hostIndices: PinnedMemory<Int32>
  let indices: DeviceMemory<Int32>
  /// Loss and correct predictions of the current batch, on the host and on the device.
  let hostSums: PinnedMemory<BatchSums>
  let sums: DeviceMemory<BatchSums>
  /// Marks that gradients have been copied to the device, so that the caller may reuse its buffer.
  let uploaded: Event
  /// Marks that the updates given so far have read their gradients in `incoming`.
  let consumed: Event
  /// Ranges of `incoming` that an update on the device may still have to read.
  var unread: [Range<Int>] = []
  /// Whether a forward and backward pass is running.
  var isComputing = false
  /// Whether the device has changed parameters or state since they were last copied to the host.
  var isDeviceNewer = false
  /// Graphs of forward and backward passes.
  var gradientGraphs: [GradientGraph.Size: GradientGraph] = [:]
  /// Graphs of whole steps, by numbers of samples and steps; two of each size are used in turn.
  var stepGraphs: [StepGraph.Size: [StepGraph]] = [:]
  /// The host memory for gradients, made for the buffer that the caller passed last.
  var landing: GradientLanding?
  /// Device memory for gradients that the host sends for an update.
  var incoming: DeviceMemory<Float>?
  /// Passes and memory for evaluation; made at first use.
  var evaluation: (passes: Passes, space: Workspace, sums: DeviceMemory<BatchSums>)?

  /// Allocates device memory for batches of up to `largestBatch` samples and copies the data there.
  ///
  /// - Throws: `CUDAError` where the device has too little memory; `DeviceUnavailable` where the
  ///   batch is too large.
  init(
    _ engine: CUDAEngine, samples: Samples, buffers: ModelBuffers, largestBatch: Int
  ) throws {
    let (main, gpu) = (engine.main, engine.gpu)
    // Kernels number the values of a layer with 32-bit integers.
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
    // The warm-up before the first batch uses sample 0.
    try indices.clear(on: main)
    hostSums = try PinnedMemory(gpu, count: 1)
    sums = try DeviceMemory(gpu, count: 1)
    uploaded = try Event(gpu)
    consumed = try Event(gpu)
  }

  /// Checks the size and the indices of a batch from the caller.
  func check(_ batch: UnsafeBufferPointer<Int32>) {
    precondition(
      batch.count <= space.capacity, "batch of \(batch.count), \(space.capacity) at most")
    for index in batch {
      precondition(
        0 <= index && Int(index) < samples.count, "sample \(index) of \(samples.count)")
    }
  }
}
