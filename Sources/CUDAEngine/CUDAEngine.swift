public import NeuralNetwork

/// Training steps on an NVIDIA GPU.
///
/// Parameters, gradients, optimizer state and the training samples lie on the device. Sums are added in
/// an order that follows from shapes alone: the same device gives the same bits on every run.
public final class CUDAEngine: Engine {
  public let device = "cuda"
  public let updatesWhileComputing = true
  /// What it computes on.
  public let gpu: CUDADevice
  let model: Model
  let layout: ParameterLayout
  let optimizer: Optimizer
  let plan: Plan
  let products: ProductSettings
  /// Kernels and the copies that kernels wait for: what a step waits for, so it is first.
  let main: Stream
  /// What may go on beside them.
  let side: Stream
  /// Gradients on their way to the host.
  let copies: Stream
  /// Gradients on their way back; in whole steps, updates that need not wait for the pass's end.
  let uploads: Stream
  /// All gradients; there before anything is attached, for an MPI that knows the device's memory.
  let gradients: DeviceMemory<Float>
  var lent: Attachment?
  /// What went wrong in a call that cannot throw.
  var failure: (any Error)?

  /// An engine for `model` on a device, to be attached to samples and buffers.
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
    // Memory goes back after the work that uses it, to the context that it is from.
    try? gpu.makeCurrent()
    for stream in streams { try? stream.synchronize() }
  }

  public func attach(samples: Samples, buffers: ModelBuffers, largestBatch: Int) throws {
    precondition(
      buffers.parameters.count >= layout.count,
      "\(buffers.parameters.count) parameters lent, \(layout.count) needed")
    precondition(
      buffers.optimizerState.count >= buffers.stateRange.count * optimizer.statesPerParameter,
      "\(buffers.optimizerState.count) numbers of optimizer state lent, "
        + "\(buffers.stateRange.count * optimizer.statesPerParameter) needed")
    try gpu.makeCurrent()
    for stream in streams { try stream.synchronize() }
    // What was attached before goes first, its memory may be needed.
    lent = nil
    failure = nil
    lent = try Attachment(
      self, samples: samples, buffers: buffers, largestBatch: max(largestBatch, 1))
  }

  func attached() throws -> Attachment {
    guard let lent else { preconditionFailure("attach before anything else") }
    if let failure { throw failure }
    try gpu.makeCurrent()
    return lent
  }

  /// Does what may fail on the device; keeps the error for `checkDevice`.
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
}
