import VectorKernels

/// Winograd's F(4x4, 3x3) with the matrices of its paper, in double precision, tile by tile.
enum WinogradTwin {
  /// B^T: six inputs to six factors.
  static let input: [[Double]] = [
    [4, 0, -5, 0, 1, 0], [0, -4, -4, 1, 1, 0], [0, 4, -4, -1, 1, 0], [0, -2, -1, 2, 1, 0],
    [0, 2, -1, -2, 1, 0], [0, 4, 0, -5, 0, 1],
  ]
  /// G: three weights to six factors.
  static let weight: [[Double]] = [
    [1.0 / 4, 0, 0], [-1.0 / 6, -1.0 / 6, -1.0 / 6], [-1.0 / 6, 1.0 / 6, -1.0 / 6],
    [1.0 / 24, 1.0 / 12, 1.0 / 6], [1.0 / 24, -1.0 / 12, 1.0 / 6], [0, 0, 1],
  ]
  /// A^T: six products to four outputs.
  static let output: [[Double]] = [
    [1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1],
  ]

  /// The product `matrix * square * matrix^T`, where `square(y, x)` returns an element.
  static func transform(_ matrix: [[Double]], _ square: (Int, Int) -> Double) -> [[Double]] {
    let size = matrix[0].count
    return matrix.map { left in
      matrix.map { right in
        var sum = 0.0
        for y in 0..<size { for x in 0..<size { sum += left[y] * square(y, x) * right[x] } }
        return sum
      }
    }
  }

  static func transposed(_ matrix: [[Double]]) -> [[Double]] {
    matrix[0].indices.map { column in matrix.map { $0[column] } }
  }

  /// The first output pixel of each tile, row by row.
  static func tiles(_ shape: vk_winograd_shape) -> [(y: Int, x: Int)] {
    stride(from: 0, to: shape.output_rows, by: 4).flatMap { y in
      stride(from: 0, to: shape.output_columns, by: 4).map { x in (y, x) }
    }
  }
}

/// Sizes of a convolution, chosen for whole tiles, partial tiles and partly filled registers.
struct WinogradCase: Sendable, CustomStringConvertible {
  let rows: Int
  let columns: Int
  let inputs: Int
  let outputs: Int
  var description: String { "\(rows)x\(columns), \(inputs) -> \(outputs) channels" }

  static let all = [
    WinogradCase(rows: 6, columns: 6, inputs: 8, outputs: 16),
    WinogradCase(rows: 5, columns: 5, inputs: 1, outputs: 3),
    WinogradCase(rows: 8, columns: 8, inputs: 3, outputs: 5),
    WinogradCase(rows: 7, columns: 9, inputs: 33, outputs: 32),
    WinogradCase(rows: 10, columns: 6, inputs: 32, outputs: 67),
    WinogradCase(rows: 13, columns: 12, inputs: 65, outputs: 130),
    WinogradCase(rows: 26, columns: 26, inputs: 32, outputs: 64),
  ]

  /// The kernel's shape with all outputs or, if pooled, with those that fill 2 x 2 windows.
  func shape(pooled: Bool = false) -> vk_winograd_shape {
    let (high, wide) = (rows - 2, columns - 2)
    return vk_winograd_shape(
      input_rows: rows, input_columns: columns, inputs: inputs,
      output_rows: pooled ? high / 2 * 2 : high, output_columns: pooled ? wide / 2 * 2 : wide,
      outputs: outputs)
  }
}

/// Largest difference divided by the largest expected magnitude; infinite if a value is NaN.
func largestError(_ values: [Float], _ expected: [Double]) -> Double {
  guard values.count == expected.count else { return .infinity }
  let size = expected.reduce(1e-30) { max($0, abs($1)) }
  var error = 0.0
  for (value, wanted) in zip(values, expected) {
    let difference = abs(Double(value) - wanted)
    if difference.isNaN { return .infinity }
    error = max(error, difference)
  }
  return error / size
}
