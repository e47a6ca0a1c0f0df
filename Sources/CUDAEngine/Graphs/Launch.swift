internal import CUDADriver

/// What a kernel may take: values whose size its text names, too; no Int, no Double.
package protocol KernelArgument: BitwiseCopyable {}

extension Int32: KernelArgument {}
extension UInt32: KernelArgument {}
extension Float: KernelArgument {}

/// Blocks of a launch.
package struct Grid: Equatable {
  package var x: Int
  package var y = 1
  package var z = 1

  /// Enough blocks of `threads` for `count` threads.
  static func covering(_ count: Int, threads: Int = 256) -> Grid {
    Grid(x: max(1, (count + threads - 1) / threads))
  }
}

extension Stream {
  /// Starts a kernel.
  ///
  /// Types and order of the arguments are those of its text.
  func launch<each Argument: KernelArgument>(
    _ kernel: String, _ grid: Grid, threads: Int = 256, _ arguments: repeat each Argument
  ) throws {
    let function = device.kernels[kernel]
    try withUnsafeTemporaryAllocation(byteCount: 1024, alignment: 16) { room in
      guard let base = room.baseAddress else { return }
      var slots: [UnsafeMutableRawPointer?] = []
      var end = 0
      func put<Value: KernelArgument>(_ value: Value) {
        let start = (end + 15) / 16 * 16
        end = start + MemoryLayout<Value>.size
        precondition(end <= room.count, "\(kernel): too many arguments")
        room.storeBytes(of: value, toByteOffset: start, as: Value.self)
        slots.append(base + start)
      }
      repeat put(each arguments)
      // The driver does not look for an end; the one that tests use does.
      slots.append(nil)
      try device.check(
        device.driver.cuLaunchKernel(
          function, UInt32(grid.x), UInt32(grid.y), UInt32(grid.z), UInt32(threads), 1, 1, 0,
          handle, &slots, nil), "cuLaunchKernel")
    }
  }
}
