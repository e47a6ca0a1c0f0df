import TestSupport
import Testing
import VectorKernels

/// Sizes around the widths of vector registers.
let oddSizes = [1, 7, 15, 16, 17, 33, 1000]

/// `count` numbers in -1 ..< 1.
func randomValues(_ count: Int, seed: UInt64 = 1) -> [Float] {
  var generator = SmallGenerator(state: seed)
  return (0..<count).map { _ in generator.symmetric() }
}

/// Whether two numbers are equal, or both NaN.
func isSame(_ first: Float, _ second: Float) -> Bool {
  first == second || first.isNaN && second.isNaN
}

struct ElementwiseTests {
  @Test(arguments: oddSizes + [47, 48, 49, 97]) func gatherNormalises(size: Int) {
    let images = (0..<(5 * size)).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 / 7) }
    let indices: [Int32] = [4, 0, 2, 2]
    let period = Int(VK_PERIOD)
    let means = (0..<period).map { 0.2 + Double($0) / 100 }
    let deviations = (0..<period).map { 0.5 - Double($0) / 200 }
    let scales = deviations.map { Float(1 / (255 * $0)) }
    let shifts = zip(means, deviations).map { Float(-$0 / $1) }
    var out = [Float](repeating: .nan, count: 4 * size + 1)
    vk_gather_normalised(images, indices, 4, size, scales, shifts, &out)
    for (row, index) in indices.enumerated() {
      for pixel in 0..<size {
        let place = pixel % period
        let wanted =
          (Double(images[Int(index) * size + pixel]) / 255 - means[place]) / deviations[place]
        #expect(abs(Double(out[row * size + pixel]) - wanted) < 1e-6)
      }
    }
    #expect(out[4 * size].isNaN, "nothing is written after the end")
  }

  @Test(arguments: oddSizes, [false, true]) func biasIsAddedToEachRow(columns: Int, relu: Bool) {
    let before = randomValues(3 * columns)
    let bias = randomValues(columns, seed: 2)
    var values = before
    vk_add_bias(&values, bias, 3, columns, relu ? 1 : 0)
    for index in values.indices {
      let sum = before[index] + bias[index % columns]
      #expect(values[index] == (relu && sum < 0 ? 0 : sum))
    }
  }

  @Test(arguments: oddSizes) func reluKeepsNaN(count: Int) {
    var before = randomValues(count)
    before[count / 2] = .nan
    before[count - 1] = count > 1 ? -.infinity : .nan
    var values = before
    vk_relu(&values, count)
    var biased = before
    vk_add_bias(&biased, [Float](repeating: 0, count: count), 1, count, 1)
    for index in 0..<count {
      let wanted: Float = before[index] < 0 ? 0 : before[index]
      #expect(isSame(values[index], wanted) && isSame(biased[index], wanted))
    }
    #expect(values.contains { $0.isNaN })
  }

  @Test(arguments: oddSizes) func reluGradientPassesWhereTheOutputIsPositive(count: Int) {
    let before = randomValues(count)
    let output = randomValues(count, seed: 3).map { max($0, 0) }
    var gradient = before
    vk_relu_gradient(&gradient, output, count)
    for index in 0..<count { #expect(gradient[index] == (output[index] > 0 ? before[index] : 0)) }
  }
}
