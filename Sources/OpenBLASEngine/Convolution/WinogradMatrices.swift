internal import VectorKernels

/// Where the matrices of a block's transformed tiles lie: for each place [tiles, channels].
struct WinogradBlock {
  /// Numbers from the matrix of one place to the next, for inputs and outputs.
  let inputPlane: Int
  let outputPlane: Int
  private let tiles: Int
  private let inputChannels: Int
  private let outputChannels: Int

  /// A cache line between matrices, so that they do not all begin in the same few sets of the cache.
  ///
  /// The transforms touch all 36 at a time; with the usual channel counts and no gap they evict their
  /// own lines and take twice as long.
  private static let gap = 16

  init(_ convolution: WinogradConvolution, images: Int) {
    tiles = images * convolution.tiles
    inputChannels = convolution.input.channels
    outputChannels = convolution.output.channels
    inputPlane = tiles * inputChannels + Self.gap
    outputPlane = tiles * outputChannels + Self.gap
  }

  /// The places of V and M in memory of `WinogradConvolution.scratchCount`.
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

/// The transformed weights: for each place [inputs, outputs], then for each place [outputs,
/// inputs].
struct WinogradFactors {
  private let data: UnsafeMutablePointer<Float>
  private let inputs: Int
  private let outputs: Int

  init(_ convolution: WinogradConvolution, at data: UnsafeMutablePointer<Float>) {
    self.data = data
    inputs = convolution.input.channels
    outputs = convolution.output.channels
  }

  /// Numbers at one place.
  private var size: Int { inputs * outputs }
  /// Numbers of U alone, which is what the sums of dU take.
  static func sumCount(_ convolution: WinogradConvolution) -> Int {
    WinogradConvolution.places * convolution.input.channels * convolution.output.channels
  }
  /// Numbers of U and its transpose, with room to transpose the weights in.
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

  /// Makes both from the weights [3, 3, inputs, outputs].
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

  /// Turns the sums of dU over all blocks into the gradient of the weights.
  func finish(into weightGradient: UnsafeMutablePointer<Float>) {
    vk_winograd_weights_adjoint(data, size, weightGradient)
  }
}
