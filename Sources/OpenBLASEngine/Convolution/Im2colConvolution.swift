import NeuralNetwork
internal import VectorKernels

/// A convolution as products of window matrices, a block of output rows at a time.
///
/// A block's window matrix (`[pixels, kernel * kernel * channels]`) stays in the second-level
/// cache. The backward pass builds it again, which is cheaper than to store it and fetch it from
/// memory.
struct Im2colConvolution {
  let input: Shape
  let output: Shape
  let kernel: Int
  let hasReLU: Bool
  /// Output rows in a block.
  let blockRows: Int

  /// Bytes of the window matrix of a block: half of a small second-level cache.
  private static let blockBytes = 256 << 10

  init(input: Shape, output: Shape, kernel: Int, hasReLU: Bool) {
    self.input = input
    self.output = output
    self.kernel = kernel
    self.hasReLU = hasReLU
    let rowBytes = output.width * kernel * kernel * input.channels * MemoryLayout<Float>.stride
    blockRows = max(1, Self.blockBytes / rowBytes)
  }

  /// Number of images that fill a block.
  var favouredImages: Int { (blockRows + output.height - 1) / output.height }
  /// Number of floats in a window.
  private var windowSize: Int { kernel * kernel * input.channels }
  /// Number of floats in the window matrix of a block.
  var columnElements: Int { blockRows * output.width * windowSize }

  /// Computes the outputs: the windows times the weights `[windowSize, outputs]`, bias, ReLU.
  func forward(_ memory: StageMemory, _ parameters: StageParameters) {
    forEachBlock(count: memory.count) { rows in
      let pixels = rows.count * output.width
      let result = memory.output + rows.lowerBound * output.width * output.channels
      gather(rows, of: memory.input, into: memory.scratch)
      multiply(
        Matrix(memory.scratch, rows: pixels, columns: windowSize),
        Matrix(parameters.weights, rows: windowSize, columns: output.channels),
        into: Matrix(result, rows: pixels, columns: output.channels))
      vk_add_bias(result, parameters.bias, pixels, output.channels, hasReLU ? 1 : 0)
    }
  }

  /// Computes the gradients of weights, bias and, unless nil, of the images.
  func backward(
    _ memory: StageMemory, _ parameters: StageParameters, _ gradients: StageGradients
  ) {
    gradients.input?.update(repeating: 0, count: memory.count * input.count)
    forEachBlock(count: memory.count) { rows in
      let pixels = rows.count * output.width
      let offset = rows.lowerBound * output.width * output.channels
      let windows = Matrix(memory.scratch, rows: pixels, columns: windowSize)
      let outputs = Matrix(gradients.output + offset, rows: pixels, columns: output.channels)
      vk_pass_gradient(
        outputs.data, hasReLU ? memory.output + offset : nil, pixels, output.channels,
        gradients.bias)
      gather(rows, of: memory.input, into: memory.scratch)
      multiply(
        windows.transposed, outputs,
        into: Matrix(gradients.weights, rows: windowSize, columns: output.channels),
        adding: gradients.isAdding || rows.lowerBound > 0)
      guard let imageGradient = gradients.input else { return }
      multiply(
        outputs,
        Matrix(parameters.weights, rows: windowSize, columns: output.channels).transposed,
        into: windows)
      for row in rows {
        vk_add_windows(
          memory.scratch + (row - rows.lowerBound) * output.width * windowSize,
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

  /// Copies the windows of output rows `rows` into `columns`.
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

  /// Offset in the images of the first window of output row `row`, counted over all images.
  private func inputOffset(ofRow row: Int) -> Int {
    let (image, rowOfImage) = row.quotientAndRemainder(dividingBy: output.height)
    return image * input.count + rowOfImage * input.width * input.channels
  }
}
