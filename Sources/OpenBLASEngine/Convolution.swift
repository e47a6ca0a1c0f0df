import NeuralNetwork
import VectorKernels

/// A convolution as products of window matrices, a block of output rows at a time.
///
/// A block's windows (`[pixels, kernel * kernel * channels]`) stay in the second-level cache; the
/// backward pass makes them anew, which is cheaper than to keep and fetch them.
struct Convolution {
  let input: Shape
  let output: Shape
  let kernel: Int
  /// Output rows in a block.
  let blockRows: Int

  /// Bytes of windows in a block: half of a small second-level cache.
  private static let blockBytes = 256 << 10

  init(_ placed: PlacedLayer, kernel: Int) {
    input = placed.input
    output = placed.output
    self.kernel = kernel
    let rowBytes =
      output.width * kernel * kernel * input.channels * MemoryLayout<Float>.stride
    blockRows = max(1, Self.blockBytes / rowBytes)
  }

  /// Numbers of one window.
  var windowSize: Int { kernel * kernel * input.channels }
  /// Numbers in the window matrix of a block.
  var columnElements: Int { blockRows * output.width * windowSize }

  /// `result = windows(images) * weights`, without the bias; `weights` is `[windowSize, out]`.
  func forward(
    images: UnsafeMutablePointer<Float>, count: Int, weights: UnsafeMutablePointer<Float>,
    result: UnsafeMutablePointer<Float>, columns: UnsafeMutablePointer<Float>
  ) {
    forEachBlock(count: count) { rows in
      let pixels = rows.count * output.width
      gather(rows, of: images, into: columns)
      multiply(
        Matrix(columns, rows: pixels, columns: windowSize),
        Matrix(weights, rows: windowSize, columns: output.channels),
        into: Matrix(
          result + rows.lowerBound * output.width * output.channels, rows: pixels,
          columns: output.channels))
    }
  }

  /// Gradients of the weights and, unless nil, of the images.
  func backward(
    images: UnsafeMutablePointer<Float>, count: Int, weights: UnsafeMutablePointer<Float>,
    gradient: UnsafeMutablePointer<Float>, weightGradient: UnsafeMutablePointer<Float>,
    imageGradient: UnsafeMutablePointer<Float>?, columns: UnsafeMutablePointer<Float>
  ) {
    imageGradient?.update(repeating: 0, count: count * input.count)
    forEachBlock(count: count) { rows in
      let pixels = rows.count * output.width
      let windows = Matrix(columns, rows: pixels, columns: windowSize)
      let outputs = Matrix(
        gradient + rows.lowerBound * output.width * output.channels, rows: pixels,
        columns: output.channels)
      gather(rows, of: images, into: columns)
      multiply(
        windows.transposed, outputs,
        into: Matrix(weightGradient, rows: windowSize, columns: output.channels),
        adding: rows.lowerBound > 0)
      guard let imageGradient else { return }
      multiply(
        outputs, Matrix(weights, rows: windowSize, columns: output.channels).transposed,
        into: windows)
      for row in rows {
        vk_add_windows(
          columns + (row - rows.lowerBound) * output.width * windowSize,
          input.width * input.channels, output.width, kernel, input.channels,
          imageGradient + inputOffset(ofRow: row))
      }
    }
  }

  /// Calls `body` with ranges of output rows, counted over all images.
  private func forEachBlock(count: Int, _ body: (Range<Int>) -> Void) {
    let rows = count * output.height
    for first in stride(from: 0, to: rows, by: blockRows) {
      body(first..<min(first + blockRows, rows))
    }
  }

  private func gather(
    _ rows: Range<Int>, of images: UnsafeMutablePointer<Float>,
    into columns: UnsafeMutablePointer<Float>
  ) {
    for row in rows {
      vk_windows(
        images + inputOffset(ofRow: row), input.width * input.channels, output.width, kernel,
        input.channels, columns + (row - rows.lowerBound) * output.width * windowSize)
    }
  }

  /// Where the windows of output row `row` (counted over all images) begin in the images.
  private func inputOffset(ofRow row: Int) -> Int {
    let (image, rowOfImage) = row.quotientAndRemainder(dividingBy: output.height)
    return image * input.count + rowOfImage * input.width * input.channels
  }
}
