package import NeuralNetwork

/// The part of a product's result that one block of threads computes.
///
/// The sizes must be those of Kernels/tile.cuh and product.cuh.
package enum Tile: String, CaseIterable, Sendable {
  case medium = "MediumTile"
  case narrow = "NarrowTile"
  case small = "SmallTile"

  /// Threads of a block.
  static let threads = 128

  package var rows: Int {
    switch self {
    case .medium: 64
    case .narrow: 128
    case .small: 32
    }
  }
  package var columns: Int { self == .medium ? 64 : 32 }
  /// Length of a slice: numbers of the reduction that are multiplied together.
  package var depth: Int { self == .small ? 32 : 16 }

  /// Number of slices that are read together while as many earlier ones are multiplied.
  func ahead(_ precision: Precision) -> Int {
    switch self {
    case .medium: precision == .tf32 ? 4 : 2
    case .narrow: precision == .float32 ? 1 : 2
    case .small: precision == .float32 ? 2 : 4
    }
  }

  /// Number of parts of a reduction that one block adds up.
  static let joinedParts = 16
}

/// Rows and columns of a product's result, and the length of the sum (depth) for each number.
package struct ProductShape: Equatable {
  package let rows: Int
  package let columns: Int
  package let depth: Int

  /// Creates a shape from its three sizes.
  package init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
  }

  /// Number of multiplications and additions.
  var flop: Double { 2 * Double(rows) * Double(columns) * Double(depth) }
}

/// A division of a product's result into tiles and of its reduction into parts.
package struct Cut: Equatable {
  package let tile: Tile
  package let parts: Int
  /// Length of a part in numbers of the reduction, a multiple of the tile's depth.
  package let part: Int
  package let grid: Grid

  /// Number of blocks of the launch: the parts of all tiles.
  package var blocks: Int { grid.x * grid.y * grid.z }

  /// Cuts `shape` into at most `wanted` parts, made so large that none is empty.
  init(_ shape: ProductShape, tile: Tile, parts wanted: Int) {
    func quotient(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }
    let slices = max(1, quotient(shape.depth, tile.depth))
    let slicesOfPart = quotient(slices, min(max(wanted, 1), slices))
    self.tile = tile
    parts = quotient(slices, slicesOfPart)
    part = slicesOfPart * tile.depth
    grid = Grid(
      x: max(1, quotient(shape.rows, tile.rows)), y: max(1, quotient(shape.columns, tile.columns)),
      z: parts)
  }
}

/// Chooses the cut of a product that is probably the fastest on a device.
///
/// It compares cuts by a cost model in cycles. The model's figures are estimates for today's
/// devices and were not measured. Only their ratios matter.
package struct CutChooser {
  /// Number of multiprocessors of the device.
  let processors: Int
  let precision: Precision
  /// The tile and the number of parts to use for every shape; nil to choose.
  var forcedTile: Tile?
  var forcedParts: Int?

  /// Creates a chooser for a device.
  package init(
    processors: Int, precision: Precision, forcedTile: Tile? = nil, forcedParts: Int? = nil
  ) {
    self.processors = processors
    self.precision = precision
    self.forcedTile = forcedTile
    self.forcedParts = forcedParts
  }

  /// The most blocks that a product with several parts may have.
  ///
  /// The bound limits the memory for partial sums.
  package var mostBlocks: Int { 4 * processors }

  /// Cycles until slices arrive from memory.
  private static let latency = 800.0
  /// Cycles for the begin and the end of a block.
  private static let overhead = 2000.0
  /// Cycles until the last block of a group has found that it is the last.
  private static let joining = 1500.0
  /// Bytes of partial sums that this block then reads per cycle.
  private static let joinRate = 40.0
  /// Factor by which a block takes longer that is alone on a multiprocessor.
  ///
  /// It writes slices and multiplies them in turn, with no other block to fill the gaps.
  private static let alone = 1.5
  private static let partCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]

  /// The best cut over all tiles and numbers of parts.
  package func best(_ shape: ProductShape) -> Cut { best(shape, of: Tile.allCases) }

  /// The best cut with the given tile.
  package func best(_ shape: ProductShape, tile: Tile) -> Cut { best(shape, of: [tile]) }

  private func best(_ shape: ProductShape, of tiles: [Tile]) -> Cut {
    let tiles = forcedTile.map { [$0] } ?? tiles
    var best = Cut(shape, tile: tiles[0], parts: 1)
    var least = Double.infinity
    for tile in tiles {
      for parts in forcedParts.map({ [$0] }) ?? Self.partCounts {
        let cut = Cut(shape, tile: tile, parts: parts)
        guard cut.parts == 1 || cut.blocks <= mostBlocks else { continue }
        let cycles = cycles(cut)
        if cycles < least { (best, least) = (cut, cycles) }
      }
    }
    return best
  }

  /// Estimate of the cycles that the product takes.
  package func cycles(_ cut: Cut) -> Double {
    let tile = cut.tile
    let share = (cut.blocks + processors - 1) / processors
    // A multiprocessor runs four blocks at the same time.
    let waves = Double((share + 3) / 4)
    let size = Double(tile.rows * tile.columns)
    let multiplying = size * Double(tile.depth) / rate(tile) * max(Double(share), Self.alone)
    let waiting = waves * Self.latency / Double(tile.ahead(precision))
    // The first slices must be waited for; later ones arrive while earlier ones are multiplied.
    var cycles =
      Self.overhead + Self.latency
      + Double(cut.part / tile.depth) * max(waiting, multiplying)
    var groups = cut.parts
    while groups > 1 {
      let read = Double(min(groups, Tile.joinedParts)) * size * 4
      cycles += Self.joining + read / Self.joinRate
      groups = (groups + Tile.joinedParts - 1) / Tile.joinedParts
    }
    return cycles
  }

  /// Number of multiply-adds that a multiprocessor does per cycle.
  private func rate(_ tile: Tile) -> Double {
    let isSmall = tile == .small
    switch precision {
    case .float32: return isSmall ? 60 : 90
    case .tf32: return isSmall ? 150 : 300
    case .bfloat16: return isSmall ? 170 : 350
    }
  }
}
