internal import CUDADriver

/// A CUDA stream: work of a device that is done in the order in which it was given.
final class Stream {
  let handle: CUDAStream
  let device: CUDADevice

  /// Creates a stream.
  ///
  /// - Parameter isFirst: whether it has the highest priority: its kernels are started before those
  ///   of other streams.
  init(_ device: CUDADevice, isFirst: Bool = false) throws {
    var (least, greatest): (Int32, Int32) = (0, 0)
    try device.check(
      device.driver.cuCtxGetStreamPriorityRange(&least, &greatest), "cuCtxGetStreamPriorityRange")
    var handle: CUDAStream?
    try device.check(
      device.driver.cuStreamCreateWithPriority(
        &handle, UInt32(cudaStreamNonBlocking), isFirst ? greatest : least),
      "cuStreamCreateWithPriority")
    guard let handle else { throw DeviceUnavailable(description: "\(device.name) gives no stream") }
    self.handle = handle
    self.device = device
  }

  deinit { _ = device.driver.cuStreamDestroy_v2(handle) }

  /// Waits on the host until all work of the stream is done.
  func synchronize() throws {
    try device.check(device.driver.cuStreamSynchronize(handle), "cuStreamSynchronize")
  }

  /// Makes later work of this stream wait for the work that `event` marks.
  func wait(for event: Event) throws {
    try device.check(
      device.driver.cuStreamWaitEvent(handle, event.handle, 0), "cuStreamWaitEvent")
  }

  /// Makes later work of this stream wait for all work that `other` has been given so far.
  ///
  /// - Parameter event: is recorded on `other` for this purpose.
  func wait(for other: Stream, passing event: Event) throws {
    try event.record(on: other)
    try wait(for: event)
  }

  /// Copies from host memory, which must stay unchanged until the copy is done.
  func copy<Element: BitwiseCopyable>(
    _ source: UnsafeBufferPointer<Element>, to target: DeviceAddress
  ) throws {
    guard !source.isEmpty else { return }
    try device.check(
      device.driver.cuMemcpyHtoDAsync_v2(
        target.value, source.baseAddress, source.count * MemoryLayout<Element>.stride, handle),
      "cuMemcpyHtoDAsync")
  }

  /// Copies from device memory to host memory.
  ///
  /// The host memory is valid once the host has waited for the stream, or for an event after the
  /// copy.
  func copy<Element: BitwiseCopyable>(
    _ source: DeviceAddress, to target: UnsafeMutableBufferPointer<Element>
  ) throws {
    guard !target.isEmpty else { return }
    try device.check(
      device.driver.cuMemcpyDtoHAsync_v2(
        target.baseAddress, source.value, target.count * MemoryLayout<Element>.stride, handle),
      "cuMemcpyDtoHAsync")
  }
}

/// A CUDA event: a mark in the work of a stream.
final class Event {
  let handle: CUDAEvent
  private let device: CUDADevice

  init(_ device: CUDADevice) throws {
    var handle: CUDAEvent?
    try device.check(
      device.driver.cuEventCreate(&handle, UInt32(cudaEventDisableTiming)), "cuEventCreate")
    guard let handle else { throw DeviceUnavailable(description: "\(device.name) gives no event") }
    self.handle = handle
    self.device = device
  }

  deinit { _ = device.driver.cuEventDestroy_v2(handle) }

  /// Marks the end of the work that `stream` has been given so far.
  func record(on stream: Stream) throws {
    try device.check(device.driver.cuEventRecord(handle, stream.handle), "cuEventRecord")
  }

  /// Adds the event to the graph that `stream` captures, so that the host can wait for it.
  ///
  /// After each launch of the graph the event completes when the device reaches this point.
  func recordForHost(on stream: Stream) throws {
    try device.check(
      device.driver.cuEventRecordWithFlags(
        handle, stream.handle, UInt32(cudaRecordExternal)), "cuEventRecordWithFlags")
  }

  /// Whether the stream has not reached the event yet.
  var isOpen: Bool {
    get throws {
      let result = device.driver.cuEventQuery(handle)
      if result == CUDAResult(cudaNotReady) { return true }
      try device.check(result, "cuEventQuery")
      return false
    }
  }

  /// Waits on the host until the stream has reached the event.
  func synchronize() throws {
    try device.check(device.driver.cuEventSynchronize(handle), "cuEventSynchronize")
  }
}

/// A CUDA graph: work that is captured once and then started by one call each time.
final class Graph {
  /// Number of the graph's nodes, such as kernels and copies.
  let nodeCount: Int
  private let handle: CUDAGraphExec
  private let device: CUDADevice

  /// Captures the work that `body` gives to `stream`.
  ///
  /// Work given to other streams is captured, too, if they wait for `stream` first and `stream`
  /// waits for them at the end.
  init(_ stream: Stream, _ body: () throws -> Void) throws {
    let (device, driver) = (stream.device, stream.device.driver)
    try device.check(
      driver.cuStreamBeginCapture_v2(stream.handle, UInt32(cudaCaptureThreadLocal)),
      "cuStreamBeginCapture")
    var graph: CUDAGraph?
    do {
      try body()
    } catch {
      _ = driver.cuStreamEndCapture(stream.handle, &graph)
      throw error
    }
    try device.check(driver.cuStreamEndCapture(stream.handle, &graph), "cuStreamEndCapture")
    defer { _ = driver.cuGraphDestroy(graph) }
    var count = 0
    try device.check(driver.cuGraphGetNodes(graph, nil, &count), "cuGraphGetNodes")
    var handle: CUDAGraphExec?
    try device.check(
      driver.cuGraphInstantiateWithFlags(&handle, graph, 0), "cuGraphInstantiateWithFlags")
    guard let handle else { throw DeviceUnavailable(description: "\(device.name) makes no graph") }
    self.handle = handle
    self.device = device
    nodeCount = count
  }

  deinit { _ = device.driver.cuGraphExecDestroy(handle) }

  /// Starts the captured work on `stream`.
  func launch(on stream: Stream) throws {
    try device.check(device.driver.cuGraphLaunch(handle, stream.handle), "cuGraphLaunch")
  }
}
