public import NeuralNetwork

/// Training steps on an NVIDIA GPU.
///
/// Parameters, gradients, optimizer state and the training samples are in device memory. The order
/// of additions in a sum depends on shapes alone: the same device gives the same bits on every run.
public final class CUDAEngine: Engine {
  public let device = "cuda"
  public let updatesWhileComputing = true
  /// The device that the engine computes on.
  public let gpu: CUDADevice
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  let plan: Plan
  let products: ProductSettings
  /// The stream for the kernels on a step's critical path and the copies that they wait for.
  ///
  /// It has priority over the other streams.
  let main: Stream
  /// The stream for kernels that may run beside those of the main stream.
  let side: Stream
  /// The stream that copies gradients to the host.
  let copies: Stream
  /// The stream that copies gradients back to the device.
  ///
  /// In whole steps it computes the updates that need not wait for the end of the backward pass.
  let uploads: Stream
  /// All gradients in device memory.
  ///
  /// They exist before `attach` is called, so that a CUDA-aware MPI can be given their address.
  let gradients: DeviceMemory<Float>
  /// What was made by the last call of `attach`; nil before it.
  var attachment: Attachment?
  /// The first error in a call that cannot throw.
  var failure: (any Error)?

  /// Creates an engine for `model` on a device; `attach` must be called before it is used.
  ///
  /// - Throws: `CUDAError`.
  public init(
    model: Model, optimizer: Optimizer, on gpu: CUDADevice,
    products: ProductSettings = ProductSettings()
  ) throws {
    self.model = model
    self.optimizer = optimizer
    self.gpu = gpu
    self.products = products
    layout = ParameterLayout(of: model)
    plan = Plan(model)
    try gpu.makeCurrent()
    main = try Stream(gpu, isFirst: true)
    side = try Stream(gpu)
    copies = try Stream(gpu)
    uploads = try Stream(gpu)
    gradients = try DeviceMemory(gpu, count: layout.count)
  }

  private var streams: [Stream] { [main, side, copies, uploads] }

  deinit {
    // Memory must be freed in its own context, and only after the work that uses it.
    try? gpu.makeCurrent()
    for stream in streams { try? stream.synchronize() }
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) throws {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters passed, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= buffers.stateRange.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state passed, "
        + "\(buffers.stateRange.count * optimizer.statesPerParameter) needed")
    samples.check(for: model)
    try gpu.makeCurrent()
    for stream in streams { try stream.synchronize() }
    // The previous attachment is freed first, because its memory may be needed.
    attachment = nil
    failure = nil
    attachment = try Attachment(
      self, samples: samples, buffers: buffers, largestBatch: max(largestBatch, 1))
  }

  /// The current attachment, with the device's context made current.
  ///
  /// - Throws: the error of an earlier call that could not throw.
  func attached() throws -> Attachment {
    guard let attachment else { preconditionFailure("attach before anything else") }
    if let failure { throw failure }
    try gpu.makeCurrent()
    return attachment
  }

  /// Returns the result of `work`, or `otherwise` if it fails; keeps the error for `checkDevice`.
  func onDevice<Value>(_ otherwise: Value, _ work: () throws -> Value) -> Value {
    do {
      return try work()
    } catch {
      failure = failure ?? error
      return otherwise
    }
  }

  public func checkDevice() throws {
    if let failure { throw failure }
  }

  public func publishParameters() {
    onDevice(()) {
      let attached = try attached()
      guard attached.isDeviceNewer else { return }
      try attached.replica.publish(to: attached.buffers, on: main)
      attached.isDeviceNewer = false
    }
  }

  public func adoptParameters() {
    onDevice(()) {
      let attached = try attached()
      try attached.replica.adopt(attached.buffers, on: main)
      attached.isDeviceNewer = false
    }
  }

  public func adoptSamples() {
    onDevice(()) { try attached().samples.copyImages(on: main) }
  }
}
