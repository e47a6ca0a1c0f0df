package import NeuralNetwork

/// How a block of threads cuts a product; the sizes are those of Kernels/tile.cuh.
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
  /// Numbers of the reduction that are in shared memory at a time.
  package var depth: Int { self == .small ? 32 : 16 }
}

/// Rows and columns of a product's result, and what is summed up for each.
package struct ProductShape: Equatable {
  package let rows: Int
  package let columns: Int
  package let depth: Int

  /// A shape by its sizes.
  package init(rows: Int, columns: Int, depth: Int) {
    self.rows = rows
    self.columns = columns
    self.depth = depth
  }

  /// Multiplications and additions.
  var flop: Double { 2 * Double(rows) * Double(columns) * Double(depth) }
}

/// A product cut into tiles, and the reduction into parts.
package struct Cut: Equatable {
  package let tile: Tile
  package let parts: Int
  /// Numbers of the reduction in a part.
  package let part: Int
  package let grid: Grid

  /// Parts of all tiles: blocks of the launch.
  package var blocks: Int { grid.x * grid.y * grid.z }

  /// Cuts `shape` as wished: parts are made so large that none is empty.
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

/// Which cut of a product is probably the fastest on a device.
///
/// The figures are estimates for devices of today: they were not measured. Only their ratios count.
package struct CutChooser {
  /// Multiprocessors of the device.
  let processors: Int
  let precision: Precision
  /// The tile and the parts to take whatever the shape is; nil to choose.
  var forcedTile: Tile?
  var forcedParts: Int?

  /// A chooser for a device.
  package init(
    processors: Int, precision: Precision, forcedTile: Tile? = nil, forcedParts: Int? = nil
  ) {
    self.processors = processors
    self.precision = precision
    self.forcedTile = forcedTile
    self.forcedParts = forcedParts
  }

  /// Blocks beyond which a reduction is not parted further; it bounds the memory for partial sums.
  package var mostBlocks: Int { 4 * processors }

  /// Cycles for a slice of the reduction to arrive from memory.
  private static let latency = 800.0
  /// Cycles for a block to begin and to end.
  private static let overhead = 2000.0
  /// Cycles for the last block of a tile to find out that it is, and bytes a cycle that it reads then.
  private static let joining = 1500.0
  private static let joinRate = 64.0
  private static let partCounts = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256]

  /// The best of all tiles and parts.
  package func best(_ shape: ProductShape) -> Cut { best(shape, of: Tile.allCases) }

  /// The best parts for a tile.
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

  /// About how many cycles the product takes.
  package func cycles(_ cut: Cut) -> Double {
    let tile = cut.tile
    let share = (cut.blocks + processors - 1) / processors
    // Blocks on a multiprocessor at the same time hide each other's waiting.
    let resident = min(share, 4)
    let size = Double(tile.rows * tile.columns)
    let slice = size * Double(tile.depth) / rate(tile)
    let rounds = Double((share + resident - 1) / resident)
    let loop =
      rounds * Double(cut.part / tile.depth) * max(Self.latency, Double(resident) * slice)
    guard cut.parts > 1 else { return Self.overhead + loop }
    return Self.overhead + loop + Self.joining + Double(cut.parts) * size * 4 / Self.joinRate
  }

  /// Multiplications with an addition that a multiprocessor does in a cycle.
  private func rate(_ tile: Tile) -> Double {
    let isSmall = tile == .small
    switch precision {
    case .float32: return isSmall ? 45 : 90
    case .tf32: return isSmall ? 128 : 256
    case .bfloat16: return isSmall ? 170 : 350
    }
  }
}
