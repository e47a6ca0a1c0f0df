internal import VectorKernels

/// The layout of a block's transformed tiles: for each place a matrix [tiles, channels].
struct WinogradBlock {
  /// Distance in floats from the matrix of one place to the next, for inputs and outputs.
  let inputPlane: Int
  let outputPlane: Int
  private let tiles: Int
  private let inputChannels: Int
  private let outputChannels: Int

  /// Floats between two matrices: one cache line.
  ///
  /// The transforms access all 36 matrices at a time. With the usual channel counts and no gap, all
  /// matrices begin in the same few sets of the cache. The transforms then evict their own lines
  /// and take twice as long.
  private static let gap = 16

  init(_ convolution: WinogradConvolution, images: Int) {
    tiles = images * convolution.tiles
    inputChannels = convolution.input.channels
    outputChannels = convolution.output.channels
    inputPlane = tiles * inputChannels + Self.gap
    outputPlane = tiles * outputChannels + Self.gap
  }

  /// The starts of V and M in scratch memory of `WinogradConvolution.scratchCount` floats.
  func split(_ scratch: UnsafeMutablePointer<Float>) -> (
    v: UnsafeMutablePointer<Float>, m: UnsafeMutablePointer<Float>
  ) {
    (scratch, scratch + WinogradConvolution.places * inputPlane)
  }

  func inputs(_ v: UnsafeMutablePointer<Float>, _ place: Int) -> Matrix {
    Matrix(v + place * inputPlane, rows: tiles, columns: inputChannels)
  }

  func outputs(_ m: UnsafeMutablePointer<Float>, _ place: Int) -> Matrix {
    Matrix(m + place * outputPlane, rows: tiles, columns: outputChannels)
  }
}

/// The transformed weights U, plain and transposed, or the sums of their gradients dU.
///
/// For each place a matrix [inputs, outputs], then for each place a matrix [outputs, inputs]; the
/// sums of dU consist of the first kind alone.
struct WinogradFactors {
  private let data: UnsafeMutablePointer<Float>
  private let inputs: Int
  private let outputs: Int

  init(_ convolution: WinogradConvolution, at data: UnsafeMutablePointer<Float>) {
    self.data = data
    inputs = convolution.input.channels
    outputs = convolution.output.channels
  }

  /// Number of floats at one place.
  private var size: Int { inputs * outputs }
  /// Number of floats of the sums of dU, the same as of U alone.
  static func sumCount(_ convolution: WinogradConvolution) -> Int {
    WinogradConvolution.places * convolution.input.channels * convolution.output.channels
  }
  /// Number of floats of U, its transpose, and the transposed weights.
  static func count(_ convolution: WinogradConvolution) -> Int {
    (2 * WinogradConvolution.places + 9) * convolution.input.channels
      * convolution.output.channels
  }

  func weights(_ place: Int) -> Matrix {
    Matrix(data + place * size, rows: inputs, columns: outputs)
  }

  func transposedWeights(_ place: Int) -> Matrix {
    Matrix(
      data + (WinogradConvolution.places + place) * size, rows: outputs, columns: inputs)
  }

  /// Computes both kinds of matrices from the weights [3, 3, inputs, outputs].
  func prepare(_ weights: UnsafePointer<Float>) {
    let transposed = data + 2 * WinogradConvolution.places * size
    for tap in 0..<9 {
      for input in 0..<inputs {
        for output in 0..<outputs {
          transposed[tap * size + output * inputs + input] =
            weights[tap * size + input * outputs + output]
        }
      }
    }
    vk_winograd_weights(weights, size, data)
    vk_winograd_weights(transposed, size, data + WinogradConvolution.places * size)
  }

  /// Computes the gradient of the weights from the sums of dU over all blocks.
  func finish(into weightGradient: UnsafeMutablePointer<Float>) {
    vk_winograd_weights_adjoint(data, size, weightGradient)
  }
}
