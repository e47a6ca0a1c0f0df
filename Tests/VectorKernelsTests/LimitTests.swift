import Testing
import VectorKernels

/// Tests of the kernels that measure the processor itself.
@Suite struct LimitTests {
  /// Every sum takes part: each starts at `term + index`, and the totals are compared with doubles.
  @Test(arguments: [3, 6, Int(VK_MOST_SUMS)], [0, 1, 5])
  func multiplyAdd(count: Int, turns: Int) {
    let factors = (0..<16).map { 0.25 + Double($0) / 32 }
    let terms = (0..<16).map { Double($0) / 16 - 0.5 }
    var results = (factors + terms).map(Float.init)
    vk_multiply_add(Int32(count), turns, &results)
    for lane in 0..<16 {
      let sums = (0..<count).map { index in
        (0..<turns).reduce(terms[lane] + Double(index)) { sum, _ in
          sum * factors[lane] + terms[lane]
        }
      }
      let total = sums.reduce(0, +)
      #expect(abs(Double(results[lane]) - total) <= 1e-5 * max(1, abs(total)), "lane \(lane)")
    }
  }

  @Test func dependentSteps() {
    var value: UInt64 = 1
    for _ in 0..<1000 {
      value ^= value << 13
      value ^= value >> 7
      value ^= value << 17
    }
    #expect(vk_dependent_steps(1000, 1) == value)
  }

  @Test func instructionSetHasAName() {
    let name = String(cString: vk_instruction_set())
    #expect(["AVX-512", "AVX2 and FMA", "SSE2", "NEON", "baseline"].contains(name))
  }
}
