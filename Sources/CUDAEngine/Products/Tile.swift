package import NeuralNetwork

/// How a block of threads cuts a product; the sizes are those of Kernels/tile.cuh and product.cuh.
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
  /// Numbers of the reduction in a slice.
  package var depth: Int { self == .small ? 32 : 16 }

  /// Slices that are read at a time, while as many are multiplied.
  func ahead(_ precision: Precision) -> Int {
    switch self {
    case .medium: precision == .tf32 ? 4 : 2
    case .narrow: precision == .float32 ? 1 : 2
    case .small: precision == .float32 ? 2 : 4
    }
  }

  /// Parts of a reduction that one block adds up.
  static let joinedParts = 16
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

  /// Cycles for slices to arrive from memory.
  private static let latency = 800.0
  /// Cycles for a block to begin and to end.
  private static let overhead = 2000.0
  /// Cycles for the last block of a group to find out that it is, and bytes a cycle that it reads then.
  private static let joining = 1500.0
  private static let joinRate = 40.0
  /// How much longer a block takes that is by itself: it writes slices and multiplies them in turn.
  private static let alone = 1.5
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
    // Four blocks are on a multiprocessor at the same time.
    let waves = Double((share + 3) / 4)
    let size = Double(tile.rows * tile.columns)
    let multiplying = size * Double(tile.depth) / rate(tile) * max(Double(share), Self.alone)
    let waiting = waves * Self.latency / Double(tile.ahead(precision))
    // The first slices have to be waited for, the others arrive while these are multiplied.
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

  /// Multiplications with an addition that a multiprocessor does in a cycle.
  private func rate(_ tile: Tile) -> Double {
    let isSmall = tile == .small
    switch precision {
    case .float32: return isSmall ? 60 : 90
    case .tf32: return isSmall ? 150 : 300
    case .bfloat16: return isSmall ? 170 : 350
    }
  }
}
