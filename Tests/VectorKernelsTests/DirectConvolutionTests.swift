import TestSupport
import Testing
import VectorKernels

/// The direct 3 x 3 convolution of images with few channels agrees with plain loops.
struct DirectConvolutionTests {
  /// (rows, columns, output channels).
  static let sizes = [
    (3, 3, 1), (3, 9, 8), (5, 4, 16), (8, 8, 3), (7, 13, 33), (28, 28, 32), (6, 10, 67),
  ]

  /// A convolution of one image, with an index for each product.
  private struct Convolution {
    let rows, columns, inputs, channels: Int

    init(_ size: (Int, Int, Int), inputs: Int) {
      (rows, columns, channels) = size
      self.inputs = inputs
    }

    var imageCount: Int { rows * columns * inputs }
    var weightCount: Int { 9 * inputs * channels }
    var outputCount: Int { (rows - 2) * (columns - 2) * channels }

    /// Calls `body` for every product with the indices of its number of the image, weight and output.
    func forEachProduct(_ body: (_ source: Int, _ weight: Int, _ target: Int) -> Void) {
      for target in 0..<outputCount {
        let (pixel, channel) = (target / channels, target % channels)
        let (y, x) = (pixel / (columns - 2), pixel % (columns - 2))
        for tap in 0..<9 {
          for input in 0..<inputs {
            body(
              ((y + tap / 3) * columns + x + tap % 3) * inputs + input,
              (tap * inputs + input) * channels + channel, target)
          }
        }
      }
    }
  }

  @Test(arguments: sizes, [1, 2, 3, 4]) func outputs(size: (Int, Int, Int), inputs: Int) {
    let shape = Convolution(size, inputs: inputs)
    let image = randomValues(shape.imageCount)
    let weights = randomValues(shape.weightCount, seed: 2)
    let bias = randomValues(shape.channels, seed: 3)
    var sums = (0..<shape.outputCount).map { Double(bias[$0 % shape.channels]) }
    shape.forEachProduct { source, weight, target in
      sums[target] += Double(image[source]) * Double(weights[weight])
    }
    for relu in [false, true] {
      var output = [Float](repeating: .nan, count: shape.outputCount + 1)
      vk_convolve_direct(
        image, shape.rows, shape.columns, inputs, weights, bias, shape.channels, relu ? 1 : 0,
        &output)
      #expect(output.removeLast().isNaN)
      #expect(largestError(output, sums.map { relu ? max($0, 0) : $0 }) < 1e-6)
    }
  }

  @Test(arguments: sizes, [1, 2, 3, 4]) func gradients(size: (Int, Int, Int), inputs: Int) {
    let shape = Convolution(size, inputs: inputs)
    let image = randomValues(shape.imageCount)
    let gradient = randomValues(shape.outputCount, seed: 2)
    let output = randomValues(shape.outputCount, seed: 3)
    for relu in [false, true] {
      var passed = gradient
      var sums = [Float](repeating: 1, count: shape.weightCount + 1)
      var biasSums = [Float](repeating: 2, count: shape.channels + 1)
      vk_convolve_direct_gradient(
        image, shape.rows, shape.columns, inputs, &passed, relu ? output : nil, shape.channels,
        &sums, &biasSums)
      let expected = gradient.indices.map { relu && output[$0] <= 0 ? 0 : gradient[$0] }
      #expect(passed == expected)
      var wanted = [Double](repeating: 1, count: shape.weightCount + 1)
      shape.forEachProduct { source, weight, target in
        wanted[weight] += Double(image[source]) * Double(expected[target])
      }
      #expect(largestError(sums, wanted) < 2e-6)
      var biasWanted = [Double](repeating: 2, count: shape.channels + 1)
      for (index, value) in expected.enumerated() {
        biasWanted[index % shape.channels] += Double(value)
      }
      #expect(largestError(biasSums, biasWanted) < 2e-6)
    }
  }

  @Test(arguments: [1, 2, 3, 4]) func reluKeepsNaN(inputs: Int) {
    var output = [Float](repeating: 0, count: 16)
    let weights = [Float](repeating: 1, count: 9 * inputs * 16)
    let bias = [Float](repeating: 0, count: 16)
    let image = [Float](repeating: .nan, count: 9 * inputs)
    vk_convolve_direct(image, 3, 3, inputs, weights, bias, 16, 1, &output)
    #expect(output.allSatisfy { $0.isNaN })
  }
}
