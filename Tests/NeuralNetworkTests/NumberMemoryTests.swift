import NeuralNetwork
import Testing

/// Arrays of `NumberMemory`, smaller and larger than a huge page.
struct NumberMemoryTests {
  @Test(arguments: [0, 1, 1000, 524_287, 524_288, 669_706])
  func arraysAreZeroAlignedAndSeparate(count: Int) {
    let arrays = (0..<3).map { _ in NumberMemory.allocate(count) }
    for (number, array) in arrays.enumerated() {
      #expect(array.count == count)
      #expect(Int(bitPattern: array.baseAddress) % 64 == 0)
      #expect(array.allSatisfy { $0 == 0 })
      array.update(repeating: Float(number))
    }
    // None of them was overwritten by another one.
    for (number, array) in arrays.enumerated() {
      #expect(array.allSatisfy { $0 == Float(number) })
    }
    for array in arrays { NumberMemory.deallocate(array) }
  }

  /// Bytes on both sides of the size of a huge page, which is counted in bytes.
  @Test(arguments: [1, 524_288, 2_097_151, 2_097_152, 47_040_000])
  func bytesAreZeroAlignedAndSeparate(count: Int) {
    let arrays = (0..<2).map { _ in NumberMemory.allocate(count, of: UInt8.self) }
    for (number, array) in arrays.enumerated() {
      #expect(array.count == count && Int(bitPattern: array.baseAddress) % 64 == 0)
      #expect(array.allSatisfy { $0 == 0 })
      array.update(repeating: UInt8(1 + number))
    }
    #expect(arrays[0].allSatisfy { $0 == 1 })
    for array in arrays { NumberMemory.deallocate(array) }
  }

  /// Large arrays that began at the same offset would compete for the same lines of a cache.
  @Test func largeArraysBeginAtDifferentOffsetsOfAHugePage() {
    let arrays = (0..<4).map { _ in NumberMemory.allocate(1 << 20) }
    let offsets = Set(arrays.map { Int(bitPattern: $0.baseAddress) % (2 << 20) })
    #expect(offsets.count > 1)
    for array in arrays { NumberMemory.deallocate(array) }
  }
}
