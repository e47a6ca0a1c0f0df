import TestSupport
import Testing
import VectorKernels

/// `vk_pass_gradient`, the gradient of bias and ReLU together.
struct PassGradientTests {
  @Test(arguments: oddSizes, [1, 6]) func agreesWithPlainLoops(columns: Int, rows: Int) {
    let before = randomValues(rows * columns)
    let output = randomValues(rows * columns, seed: 3).map { max($0, 0) }
    for relu in [false, true] {
      var gradient = before
      var sums = [Float](repeating: 1, count: columns)
      if relu {
        vk_pass_gradient(&gradient, output, rows, columns, &sums)
      } else {
        vk_pass_gradient(&gradient, nil, rows, columns, &sums)
      }
      let passed = before.indices.map { relu && output[$0] <= 0 ? 0 : before[$0] }
      #expect(gradient == passed)
      var wanted = [Double](repeating: 1, count: columns)
      for index in passed.indices { wanted[index % columns] += Double(passed[index]) }
      #expect(largestError(sums, wanted) < 1e-6)
    }
  }
}
