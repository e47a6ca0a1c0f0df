internal import CUDADriver

/// An address in a device's memory; the host must not dereference it.
struct DeviceAddress: KernelArgument {
  var value: CUDAAddress = 0

  /// The null address: kernels treat it as an argument that is not given.
  static let none = DeviceAddress()
}

/// Device memory for `count` elements, freed together with this object.
final class DeviceMemory<Element: BitwiseCopyable> {
  let address: DeviceAddress
  let count: Int
  private let device: CUDADevice

  /// Allocates uninitialised memory, for one element at least.
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

  /// The address of element number `place`.
  func at(_ place: Int) -> DeviceAddress {
    precondition(0 <= place && place <= count, "place \(place) of \(count)")
    return DeviceAddress(value: address.value + CUDAAddress(place * MemoryLayout<Element>.stride))
  }

  /// Writes zeros and returns when they are written; for elements of 4 or 8 bytes.
  ///
  /// It waits because memory must not be freed before the work on it is done, also where a later
  /// call fails.
  func clear(on stream: Stream) throws {
    try device.check(
      device.driver.cuMemsetD32Async(
        address.value, 0, max(count, 1) * MemoryLayout<Element>.stride / 4, stream.handle),
      "cuMemsetD32Async")
    try stream.synchronize()
  }
}

/// Page-locked host memory, freed together with this object.
///
/// The device reads and writes it at full speed.
final class PinnedMemory<Element: BitwiseCopyable> {
  let elements: UnsafeMutableBufferPointer<Element>
  private let device: CUDADevice

  /// Allocates uninitialised memory, for one element at least.
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

/// Host memory of another owner, page-locked as long as this object exists.
///
/// The device reads and writes locked memory at full speed.
final class PinnedRange {
  private let memory: UnsafeMutableRawBufferPointer
  /// Whether locking succeeded; copies work without it, at a lower rate.
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
    // The owner may have freed the memory already, so the driver's error is ignored.
    if isLocked { _ = device.driver.cuMemHostUnregister(memory.baseAddress) }
  }
}
