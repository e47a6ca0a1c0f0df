internal import CUDADriver

/// A place in a device's memory, not for the host to follow.
struct DeviceAddress: KernelArgument {
  var value: CUDAAddress = 0

  /// Nowhere: kernels take it for an argument that is not given.
  static let none = DeviceAddress()
}

/// Memory of a device for `count` elements, given back with this object.
final class DeviceMemory<Element: BitwiseCopyable> {
  let address: DeviceAddress
  let count: Int
  private let device: CUDADevice

  /// Memory with nothing in it; room for one element at least.
  init(_ device: CUDADevice, count: Int) throws {
    var address = DeviceAddress()
    try device.check(
      device.driver.cuMemAlloc_v2(&address.value, max(count, 1) * MemoryLayout<Element>.stride),
      "cuMemAlloc")
    self.device = device
    self.address = address
    self.count = count
  }

  deinit { _ = device.driver.cuMemFree_v2(address.value) }

  /// The address of element `place`.
  func at(_ place: Int) -> DeviceAddress {
    precondition(0 <= place && place <= count, "place \(place) of \(count)")
    return DeviceAddress(value: address.value + CUDAAddress(place * MemoryLayout<Element>.stride))
  }

  /// Writes zeros and returns when they are there; for elements of 4 or 8 bytes.
  ///
  /// Memory must not go back before work on it is done, also where what comes next fails.
  func clear(on stream: Stream) throws {
    try device.check(
      device.driver.cuMemsetD32Async(
        address.value, 0, max(count, 1) * MemoryLayout<Element>.stride / 4, stream.handle),
      "cuMemsetD32Async")
    try stream.synchronize()
  }
}

/// Memory of the host that the device reads and writes at full speed, given back with this object.
final class PinnedMemory<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>
  private let device: CUDADevice

  /// Memory with nothing in it; room for one element at least.
  init(_ device: CUDADevice, count: Int) throws {
    var memory: UnsafeMutableRawPointer?
    try device.check(
      device.driver.cuMemHostAlloc(&memory, max(count, 1) * MemoryLayout<Element>.stride, 0),
      "cuMemHostAlloc")
    self.device = device
    elements = UnsafeMutableBufferPointer(
      start: memory?.assumingMemoryBound(to: Element.self), count: count)
  }

  deinit { _ = device.driver.cuMemFreeHost(elements.baseAddress) }
}

/// Memory that somebody else owns, locked so that the device reads and writes it at full speed.
final class PinnedRange {
  private let memory: UnsafeMutableRawBufferPointer
  /// Whether locking worked; copies work without, at a lower rate.
  let isLocked: Bool
  private let device: CUDADevice

  init(_ device: CUDADevice, _ memory: UnsafeMutableRawBufferPointer) {
    self.device = device
    self.memory = memory
    isLocked =
      !memory.isEmpty
      && device.driver.cuMemHostRegister_v2(memory.baseAddress, memory.count, 0) == 0
  }

  deinit {
    // The owner may have given it back already: what the driver says to that changes nothing.
    if isLocked { _ = device.driver.cuMemHostUnregister(memory.baseAddress) }
  }
}
