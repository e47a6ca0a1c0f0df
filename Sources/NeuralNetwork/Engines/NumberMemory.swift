#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory for arrays of numbers, in huge pages if they are large and the system has such pages.
///
/// MPI libraries copy large messages between ranks of a host page by page, and a page of the usual
/// 4 KiB costs as much as its copy: with huge pages `MPI_Allreduce` of some megabytes takes half the
/// time between two near cores. Images are read in random order, and most would be on a page whose
/// address the processor has to look up first.
public enum NumberMemory {
  /// Size of a huge page on x86-64 and, usually, on arm64.
  private static let hugePage = 2 << 20
  /// Size of a cache line.
  private static let line = 64
  /// Large arrays begin at a multiple of this in their first huge page: at 73 cache lines.
  ///
  /// Arrays that all began at the start of a page would use the same sets of the caches at the same
  /// time, and evict each other.
  private static let stagger = 73 * line
  /// Number of different places at which large arrays begin.
  private static let staggers = 13

  /// Allocates `count` zeros, aligned to a cache line; `deallocate` frees them.
  public static func allocate<Number: BitwiseCopyable>(
    _ count: Int, of type: Number.Type = Float.self
  ) -> UnsafeMutableBufferPointer<Number> {
    let capacity = max(count, 1)
    let bytes = capacity * MemoryLayout<Number>.stride
    let memory = bytes < hugePage ? .allocate(byteCount: bytes, alignment: line) : large(bytes)
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: bytes)
    let numbers = memory.bindMemory(to: Number.self, capacity: capacity)
    return UnsafeMutableBufferPointer(start: numbers, count: count)
  }

  /// Memory for `bytes` bytes in huge pages.
  private static func large(_ bytes: Int) -> UnsafeMutableRawPointer {
    // The last page is a huge one, too, if all of it belongs to the array.
    let size = (bytes + staggers * stagger + hugePage - 1) / hugePage * hugePage
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size, alignment: hugePage)
    #if os(Linux)
      // Without huge pages the memory is as usable; so the result is of no interest.
      _ = madvise(memory, size, MADV_HUGEPAGE)
    #endif
    return memory + Int(bitPattern: memory) / hugePage % staggers * stagger
  }

  /// Frees an array that `allocate` returned.
  public static func deallocate<Number: BitwiseCopyable>(
    _ numbers: UnsafeMutableBufferPointer<Number>
  ) {
    guard let start = UnsafeMutableRawPointer(numbers.baseAddress) else { return }
    let isLarge = numbers.count * MemoryLayout<Number>.stride >= hugePage
    (isLarge ? start - Int(bitPattern: start) % hugePage : start).deallocate()
  }
}
