import TestSupport
import Testing
import VectorKernels

/// Small matrix products, with plain and transposed factors, agree with plain loops.
struct ProductTests {
  @Test(arguments: [1, 2, 5, 6, 7, 12, 36, 65], [(16, 1), (16, 9), (32, 32), (64, 36), (80, 3)])
  func agreesWithPlainLoops(rows: Int, size: (columns: Int, depth: Int)) {
    let (columns, depth) = size
    let a = randomValues(rows * depth)
    let b = randomValues(depth * columns, seed: 2)
    let before = randomValues(rows * columns + 1, seed: 3)
    for isTransposed in [false, true] {
      for adding in [false, true] {
        var c = before
        let (row, step) = isTransposed ? (1, rows) : (depth, 1)
        vk_multiply(a, row, step, b, rows, columns, depth, adding ? 1 : 0, &c)
        var wanted = before.map { adding ? Double($0) : 0 }
        wanted[rows * columns] = Double(before[rows * columns])
        for i in 0..<rows {
          for j in 0..<columns {
            for k in 0..<depth {
              wanted[i * columns + j] += Double(a[i * row + k * step]) * Double(b[k * columns + j])
            }
          }
        }
        #expect(largestError(c, wanted) < 1e-6)
      }
    }
  }

  @Test(arguments: [1, 8, 13, 64], [(16, 1), (48, 300), (784, 64), (32, 513)])
  func packingAgreesWithPlainLoops(rows: Int, size: (columns: Int, depth: Int)) {
    let (columns, depth) = size
    let a = randomValues(rows * depth)
    let b = randomValues(depth * columns, seed: 2)
    for isTransposed in [false, true] {
      let (row, step) = isTransposed ? (1, rows) : (depth, 1)
      var c = [Float](repeating: .nan, count: rows * columns + 1)
      vk_multiply_packing(a, row, step, b, rows, columns, depth, &c)
      #expect(c.removeLast().isNaN)
      var wanted = [Double](repeating: 0, count: rows * columns)
      for i in 0..<rows {
        for k in 0..<depth {
          let factor = Double(a[i * row + k * step])
          for j in 0..<columns { wanted[i * columns + j] += factor * Double(b[k * columns + j]) }
        }
      }
      #expect(largestError(c, wanted) < 2e-6)
    }
  }

  /// Some columns and depths are not multiples of a vector or of a square of 16 x 16.
  @Test(arguments: [1, 8, 13, 65], [(1, 1), (7, 300), (16, 256), (21, 40), (64, 513), (130, 33)])
  func rowsAgreeWithPlainLoops(rows: Int, size: (columns: Int, depth: Int)) {
    let (columns, depth) = size
    let a = randomValues(rows * depth)
    let b = randomValues(columns * depth, seed: 2)
    let padded = (columns + 15) / 16 * 16
    var c = [Float](repeating: .nan, count: rows * padded + 1)
    vk_multiply_rows(a, b, rows, columns, depth, &c)
    #expect(c.removeLast().isNaN)
    var wanted = [Double](repeating: 0, count: rows * columns)
    for i in 0..<rows {
      for j in 0..<columns {
        for k in 0..<depth {
          wanted[i * columns + j] += Double(a[i * depth + k]) * Double(b[j * depth + k])
        }
      }
    }
    let found = (0..<rows).flatMap { c[($0 * padded)..<($0 * padded + columns)] }
    #expect(largestError(found, wanted) < 2e-6)
  }

  @Test(arguments: [(1, 1), (1, 20), (16, 5), (17, 33), (64, 512)])
  func transposes(rows: Int, columns: Int) {
    let before = randomValues(rows * columns)
    var after = [Float](repeating: .nan, count: rows * columns + 1)
    vk_transpose(before, rows, columns, columns, &after)
    #expect(after.removeLast().isNaN)
    #expect(after == (0..<(rows * columns)).map { before[$0 % rows * columns + $0 / rows] })
    // Only some of the columns.
    let some = (columns + 1) / 2
    var part = [Float](repeating: .nan, count: rows * some + 1)
    vk_transpose(before, rows, some, columns, &part)
    #expect(part.removeLast().isNaN)
    #expect(part == Array(after[..<(rows * some)]))
  }
}
