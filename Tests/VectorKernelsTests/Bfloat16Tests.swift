import TestSupport
import Testing
import VectorKernels

/// Products of pairs of bfloat16 agree with products of rounded numbers in double precision.
@Suite(.enabled(if: vk_has_bfloat16() != 0))
struct Bfloat16Tests {
  /// The two bfloat16 of each pair, the one in the lower half first.
  private static func numbers(_ pairs: [Float]) -> [Float] {
    pairs.flatMap {
      [Float(bitPattern: $0.bitPattern << 16), Float(bitPattern: $0.bitPattern & 0xffff_0000)]
    }
  }

  private static func neighbours(_ values: [Float]) -> [Float] {
    var pairs = [Float](repeating: 7, count: values.count / 2 + 1)
    vk_pair_neighbours(values, values.count, &pairs)
    #expect(pairs.last == 7)
    return Array(pairs.dropLast())
  }

  private static func rows(_ matrix: [Float], _ rows: Int, _ columns: Int) -> [Float] {
    let count = (rows + 1) / 2 * columns
    var pairs = [Float](repeating: 7, count: count + 1)
    vk_pair_rows(matrix, rows, columns, &pairs)
    #expect(pairs.last == 7)
    return Array(pairs.dropLast())
  }

  @Test(arguments: [0, 16, 32, 48, 1024]) func neighboursAreRounded(count: Int) {
    var values = randomValues(count)
    // A tie with an even and with an odd lower neighbour, and numbers beyond the range.
    for (index, bits) in [0x3f80_8000, 0x3f81_8000, 0x7f80_0000, 0xff7f_ffff].enumerated()
    where index < count { values[index] = Float(bitPattern: UInt32(bits)) }
    #expect(Self.numbers(Self.neighbours(values)) == values.map { roundedToBfloat16($0) })
  }

  @Test(arguments: [1, 2, 7, 64], [16, 48]) func rowsAreRounded(rows: Int, columns: Int) {
    let matrix = randomValues(rows * columns)
    let found = Self.numbers(Self.rows(matrix, rows, columns))
    for index in found.indices {
      let (pair, half) = (index / 2, index % 2)
      let (row, column) = (pair / columns * 2 + half, pair % columns)
      #expect(found[index] == (row < rows ? roundedToBfloat16(matrix[row * columns + column]) : 0))
    }
  }

  /// The product [rows, columns] of rounded factors; `place` is the index of (k, column) in `right`.
  private static func product(
    _ left: [Float], _ right: [Float], _ rows: Int, _ columns: Int, _ depth: Int,
    place: (_ k: Int, _ column: Int) -> Int
  ) -> [Double] {
    let (a, b) = (
      left.map { Double(roundedToBfloat16($0)) }, right.map { Double(roundedToBfloat16($0)) }
    )
    var sums = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<depth { sums[i * columns + j] += a[i * depth + k] * b[place(k, j)] }
      }
    }
    return sums
  }

  /// (rows, columns, depth) with an even depth.
  static let sizes = [(1, 16, 16), (7, 48, 32), (13, 64, 560), (64, 112, 64), (128, 16, 784)]

  @Test(arguments: sizes) func productWithRows(rows: Int, columns: Int, depth: Int) {
    let (left, right) = (randomValues(rows * depth), randomValues(columns * depth, seed: 2))
    var product = [Float](repeating: .nan, count: rows * columns)
    vk_multiply_pairs_rows(
      Self.neighbours(left), Self.neighbours(right), rows, columns, depth / 2, &product)
    let wanted = Self.product(left, right, rows, columns, depth) { $1 * depth + $0 }
    #expect(largestError(product, wanted) < 1e-6)
  }

  @Test(arguments: sizes) func productWithPacking(rows: Int, columns: Int, depth: Int) {
    let (left, right) = (randomValues(rows * depth), randomValues(depth * columns, seed: 2))
    var product = [Float](repeating: .nan, count: rows * columns)
    vk_multiply_pairs_packing(
      Self.neighbours(left), depth / 2, 1, Self.rows(right, depth, columns), rows, columns,
      depth / 2, &product)
    let wanted = Self.product(left, right, rows, columns, depth) { $0 * columns + $1 }
    #expect(largestError(product, wanted) < 1e-6)
  }
}
