internal import CUDADriver

/// A type that a kernel accepts as an argument.
///
/// Its size must be the same in Swift and in the kernel's source, so `Int` and `Double` are left
/// out.
package protocol KernelArgument: BitwiseCopyable {}

extension Int32: KernelArgument {}
extension UInt32: KernelArgument {}
extension Float: KernelArgument {}

/// The numbers of blocks of a launch in three dimensions.
package struct Grid: Equatable {
  package var x: Int
  package var y = 1
  package var z = 1

  /// Enough blocks of `threads` threads for `count` threads, at least one block.
  static func covering(_ count: Int, threads: Int = 256) -> Grid {
    Grid(x: max(1, (count + threads - 1) / threads))
  }
}

extension Stream {
  /// Launches a kernel on this stream.
  ///
  /// The arguments must have the types and the order of the kernel's parameters in its source.
  func launch<each Argument: KernelArgument>(
    _ kernel: String, _ grid: Grid, threads: Int = 256, _ arguments: repeat each Argument
  ) throws {
    let function = device.kernels[kernel]
    try withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { buffer in
      guard let base = buffer.baseAddress else { return }
      var slots: [UnsafeMutableRawPointer?] = []
      var end = 0
      func put<Value: KernelArgument>(_ value: Value) {
        let start = (end + 15) / 16 * 16
        end = start + MemoryLayout<Value>.size
        precondition(end <= buffer.count, "\(kernel): too many arguments")
        buffer.storeBytes(of: value, toByteOffset: start, as: Value.self)
        slots.append(base + start)
      }
      repeat put(each arguments)
      // The driver needs no terminator, but FakeCUDA, the driver of the tests, checks for one.
      slots.append(nil)
      try device.check(
        device.driver.cuLaunchKernel(
          function, UInt32(grid.x), UInt32(grid.y), UInt32(grid.z), UInt32(threads), 1, 1, 0,
          handle, &slots, nil), "cuLaunchKernel")
    }
  }
}
