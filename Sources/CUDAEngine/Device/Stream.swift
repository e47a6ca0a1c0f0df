internal import CUDADriver

/// Work of a device, one piece after the other.
final class Stream {
  let handle: CUDAStream
  let device: CUDADevice

  /// - Parameter isFirst: whether its kernels are begun before those of other streams.
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

  /// Waits until all is done.
  func synchronize() throws {
    try device.check(device.driver.cuStreamSynchronize(handle), "cuStreamSynchronize")
  }

  /// Has what comes after wait for what came before `event`.
  func wait(for event: Event) throws {
    try device.check(
      device.driver.cuStreamWaitEvent(handle, event.handle, 0), "cuStreamWaitEvent")
  }

  /// Has what comes after wait for what `other` was given; `event` is where it then was.
  func wait(for other: Stream, passing event: Event) throws {
    try event.record(on: other)
    try wait(for: event)
  }

  /// Copies host memory, which must stay as it is until that is done.
  func copy<Element: BitwiseCopyable>(
    _ source: UnsafeBufferPointer<Element>, to target: DeviceAddress
  ) throws {
    guard !source.isEmpty else { return }
    try device.check(
      device.driver.cuMemcpyHtoDAsync_v2(
        target.value, source.baseAddress, source.count * MemoryLayout<Element>.stride, handle),
      "cuMemcpyHtoDAsync")
  }

  /// Copies device memory into host memory, which is valid when somebody has waited for it.
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

/// A point in the work of a stream.
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

  /// Marks where `stream` is now.
  func record(on stream: Stream) throws {
    try device.check(device.driver.cuEventRecord(handle, stream.handle), "cuEventRecord")
  }

  /// Marks, within a graph that `stream` writes down, when the device comes by: for whoever waits for it
  /// after a launch of the graph.
  func recordForHost(on stream: Stream) throws {
    try device.check(
      device.driver.cuEventRecordWithFlags(
        handle, stream.handle, UInt32(cudaRecordExternal)), "cuEventRecordWithFlags")
  }

  /// Whether the stream has still to come by.
  var isOpen: Bool {
    get throws {
      let result = device.driver.cuEventQuery(handle)
      if result == CUDAResult(cudaNotReady) { return true }
      try device.check(result, "cuEventQuery")
      return false
    }
  }

  /// Waits until the stream came by.
  func synchronize() throws {
    try device.check(device.driver.cuEventSynchronize(handle), "cuEventSynchronize")
  }
}

/// Work that was written down once and is started by one call.
final class Graph {
  /// Kernels and copies.
  let nodeCount: Int
  private let handle: CUDAGraphExec
  private let device: CUDADevice

  /// Writes down what `body` gives to `stream`, and to streams that wait for it and are waited for.
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

  func launch(on stream: Stream) throws {
    try device.check(device.driver.cuGraphLaunch(handle, stream.handle), "cuGraphLaunch")
  }
}
