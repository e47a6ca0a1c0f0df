import TestSupport
import Testing
import VectorKernels

/// The 3 x 3 convolution of one channel agrees with plain loops.
struct PlaneConvolutionTests {
  /// (rows, columns, output channels).
  static let sizes = [
    (3, 3, 1), (3, 9, 8), (5, 4, 16), (8, 8, 3), (7, 13, 33), (28, 28, 32), (6, 10, 67),
  ]

  @Test(arguments: sizes, [false, true]) func outputs(size: (Int, Int, Int), relu: Bool) {
    let (rows, columns, channels) = size
    let image = randomValues(rows * columns)
    let weights = randomValues(9 * channels, seed: 2)
    let bias = randomValues(channels, seed: 3)
    let count = (rows - 2) * (columns - 2) * channels
    var output = [Float](repeating: .nan, count: count + 1)
    vk_convolve_plane(image, rows, columns, weights, bias, channels, relu ? 1 : 0, &output)
    #expect(output.removeLast().isNaN)
    var wanted = (0..<count).map { Double(bias[$0 % channels]) }
    forEachTap(size) { source, weight, target in
      wanted[target] += Double(image[source]) * Double(weights[weight])
    }
    #expect(largestError(output, wanted.map { relu ? max($0, 0) : $0 }) < 1e-6)
  }

  @Test(arguments: sizes) func gradients(size: (Int, Int, Int)) {
    let (rows, columns, channels) = size
    let image = randomValues(rows * columns)
    let gradient = randomValues((rows - 2) * (columns - 2) * channels, seed: 2)
    var sums = [Float](repeating: 1, count: 9 * channels + 1)
    vk_convolve_plane_gradient(image, rows, columns, gradient, channels, &sums)
    var wanted = [Double](repeating: 1, count: 9 * channels + 1)
    forEachTap(size) { source, weight, target in
      wanted[weight] += Double(image[source]) * Double(gradient[target])
    }
    #expect(largestError(sums, wanted) < 2e-6)
  }

  @Test func reluKeepsNaN() {
    var output = [Float](repeating: 0, count: 16)
    let weights = [Float](repeating: 1, count: 9 * 16)
    let bias = [Float](repeating: 0, count: 16)
    vk_convolve_plane([Float](repeating: .nan, count: 9), 3, 3, weights, bias, 16, 1, &output)
    #expect(output.allSatisfy { $0.isNaN })
  }

  /// Calls `body` for every product with the indices of its pixel, weight and output.
  private func forEachTap(_ size: (Int, Int, Int), _ body: (Int, Int, Int) -> Void) {
    let (rows, columns, channels) = size
    for y in 0..<(rows - 2) {
      for x in 0..<(columns - 2) {
        for tap in 0..<9 {
          for channel in 0..<channels {
            body(
              (y + tap / 3) * columns + x + tap % 3, tap * channels + channel,
              (y * (columns - 2) + x) * channels + channel)
          }
        }
      }
    }
  }
}
