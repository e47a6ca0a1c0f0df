import CUDAEngine
import NeuralNetwork
import Testing

/// How products are cut into tiles and parts, and the divisions that kernels do by multiplication.
struct CutTests {
  @Test func cutsCoverTheProduct() {
    for shape in [
      ProductShape(rows: 1, columns: 1, depth: 1), ProductShape(rows: 64, columns: 512, depth: 784),
      ProductShape(rows: 289, columns: 64, depth: 36_864),
      ProductShape(rows: 36_864, columns: 64, depth: 288),
      ProductShape(rows: 65, columns: 33, depth: 33),
    ] {
      for processors in [1, 6, 132] {
        let chooser = CutChooser(processors: processors, precision: .float32)
        let cut = chooser.best(shape)
        #expect(cut.grid.x * cut.tile.rows >= shape.rows)
        #expect((cut.grid.x - 1) * cut.tile.rows < shape.rows)
        #expect(cut.grid.y * cut.tile.columns >= shape.columns)
        #expect((cut.grid.y - 1) * cut.tile.columns < shape.columns)
        #expect(cut.part % cut.tile.depth == 0)
        #expect(cut.parts * cut.part >= shape.depth)
        #expect((cut.parts - 1) * cut.part < shape.depth, "no part is empty")
        #expect(cut.parts == 1 || cut.blocks <= chooser.mostBlocks)
        for tile in Tile.allCases {
          #expect(chooser.cycles(cut) <= chooser.cycles(chooser.best(shape, tile: tile)))
        }
      }
    }
  }

  /// The reduction is divided into parts if the result has few tiles, and not if it has many.
  @Test func smallResultsArePartedAlongTheReduction() {
    let chooser = CutChooser(processors: 132, precision: .float32)
    #expect(chooser.best(ProductShape(rows: 289, columns: 64, depth: 36_864)).parts > 8)
    #expect(chooser.best(ProductShape(rows: 294_912, columns: 64, depth: 288)).parts == 1)
  }

  /// At batch 64 every large product has blocks for most multiprocessors of a large device.
  ///
  /// No product has so many parts that adding them up takes most of the time.
  @Test(arguments: Precision.allCases)
  func largeDevicesAreFilled(precision: Precision) {
    let chooser = CutChooser(processors: 132, precision: precision)
    for shape in [
      ProductShape(rows: 64, columns: 512, depth: 784),
      ProductShape(rows: 512, columns: 785, depth: 64),
      ProductShape(rows: 64, columns: 512, depth: 512),
      ProductShape(rows: 36_864, columns: 64, depth: 288),
      ProductShape(rows: 289, columns: 64, depth: 36_864),
      ProductShape(rows: 43_264, columns: 32, depth: 576),
      ProductShape(rows: 64, columns: 128, depth: 9216),
    ] {
      let cut = chooser.best(shape)
      #expect(cut.blocks >= 100, "\(shape): \(cut)")
      #expect(cut.parts == 1 || cut.part >= 32, "\(shape): \(cut)")
    }
    // A small product: additional blocks would only wait for each other.
    #expect(chooser.best(ProductShape(rows: 10, columns: 129, depth: 64)).parts == 1)
  }

  @Test func divisionByMultiplicationIsExact() {
    let edges = [0, 1, 2, 3, 1 << 16, (1 << 31) - 2, (1 << 31) - 1]
    for divisor in Array(1...300) + [511, 512, 513, 9216, 65_535, 65_537, 1 << 20, (1 << 30) + 1] {
      let fast = Divisor(divisor)
      let multiples = [1, 7, Int(Int32.max) / divisor].map { $0 * divisor }
      let numbers = edges + multiples + multiples.map { $0 - 1 }
      for number in numbers.filter({ $0 < 1 << 31 }).map({ UInt32($0) }) {
        let quotient = (2 * number).multipliedFullWidth(by: fast.factor).high >> UInt32(fast.shift)
        #expect(quotient == number / UInt32(divisor), "\(number) / \(divisor)")
      }
    }
  }
}
