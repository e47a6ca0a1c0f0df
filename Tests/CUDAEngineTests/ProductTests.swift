import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Every product kernel with every tile, on shapes that fit the tile and shapes that do not.
struct ProductTests {
  /// A model that uses the products of some kinds of layers.
  struct Example: Sendable, CustomTestStringConvertible {
    let text: String
    let height: Int
    let width: Int
    let batch: Int
    var testDescription: String { "\(text), \(height)x\(width), batch \(batch)" }
  }

  static let examples = [
    // Smaller than a tile in every dimension; odd strides.
    Example(text: "fc:7,relu,fc:5,fc:classes", height: 3, width: 3, batch: 3),
    // Several tiles and a remainder; strides that are multiples of four.
    Example(text: "fc:68,relu,fc:132,fc:classes", height: 12, width: 12, batch: 70),
    // One channel, then odd channels; windows of 5 x 5 and of 1 x 1.
    Example(
      text: "conv5x5:3,relu,conv3x3:5,conv1x1:7,relu,maxpool2,fc:classes", height: 11, width: 10,
      batch: 3),
    // Channels in multiples of four, more than the columns of a narrow tile; pooling without ReLU.
    Example(
      text: "conv3x3:8,conv3x3:36,maxpool2,conv2x2:4,relu,fc:classes", height: 9, width: 9,
      batch: 5),
    // Poolings after a ReLU and after other layers; sizes that the windows do not divide.
    Example(
      text: "conv2x2:4,relu,maxpool3,relu,conv2x2:8,relu,maxpool2,fc:6,relu,fc:classes", height: 17,
      width: 14, batch: 4),
    Example(
      text: "conv2x2:4,relu,relu,maxpool2,maxpool2,fc:classes", height: 12, width: 11, batch: 3),
  ]

  /// Each tile with one and with several parts of the reduction, and each of the three orders.
  @Test(
    arguments: examples,
    [(Tile.medium, FakeGPU.natural), (.narrow, .reversed), (.small, .shuffled)])
  func tilesAgreeWithTheReference(example: Example, cut: (tile: Tile, gpu: FakeGPU)) throws {
    let model = try Model(
      text: example.text, height: example.height, width: example.width, classes: 4)
    let indices = (0..<example.batch).map { Int32(($0 * 5 + 1) % (example.batch + 3)) }
    for parts in [1, 3] {
      var products = ProductSettings(.own)
      products.tile = cut.tile
      products.parts = parts
      let pair = try EnginePair(
        model, count: example.batch + 3, on: cut.gpu.open(), products: products)
      try pair.compareGradients(of: indices)
      try pair.compareEvaluation()
    }
  }

  /// Reductions around the number of slices that are read at a time.
  ///
  /// Fewer slices, as many, one more, and several times as many. A slice has 16 or 32 numbers; one
  /// to four slices are read at a time.
  @Test(
    arguments: [(Precision.float32, 5e-6), (.tf32, 4e-3), (.bfloat16, 4e-2)],
    [(Tile.medium, FakeGPU.shuffled), (.narrow, .natural), (.small, .reversed)])
  func reductionsOfAllLengthsAgree(
    to rounding: (precision: Precision, bound: Double), cut: (tile: Tile, gpu: FakeGPU)
  ) throws {
    let device = try cut.gpu.open(rounding.precision)
    for depth in [12, 16, 32, 36, 64, 68, 96, 128, 132, 260] {
      let model = try Model(
        text: "fc:\(depth),fc:classes", height: 4, width: depth / 4, classes: 4)
      var products = ProductSettings(.own)
      products.tile = cut.tile
      products.parts = 1
      let pair = try EnginePair(model, count: depth, on: device, products: products)
      let indices = (0..<depth).map { Int32($0) }
      let wanted = pair.slow.gradients(of: indices, by: pair.reference).values
      let got = pair.quick.gradients(of: indices, by: pair.engine).values
      try pair.engine.checkDevice()
      let error = relativeNorm(got, wanted)
      #expect(error < rounding.bound, "\(depth) numbers: \(error)")
    }
  }

  /// More than 16 parts, so that groups of 16 are added up first.
  ///
  /// The last group has 1, 4 or 8 parts.
  @Test(arguments: [17, 20, 24], FakeGPU.allCases)
  func manyPartsAgree(parts: Int, gpu: FakeGPU) throws {
    for tile in Tile.allCases {
      let model = try Model(text: "fc:classes", height: tile.depth, width: parts, classes: 3)
      var products = ProductSettings(.own)
      products.tile = tile
      products.parts = parts
      let pair = try EnginePair(model, count: 5, on: gpu.open(), products: products)
      // Twice, because a product must leave its counters at zero.
      for _ in 0..<2 { try pair.compareGradients(of: [4, 0, 1]) }
    }
  }

  /// Full layers by cuBLAS, with the kernels that complete its products.
  @Test(arguments: examples, FakeGPU.allCases)
  func cuBLASAgreesWithTheReference(example: Example, gpu: FakeGPU) throws {
    let model = try Model(
      text: example.text, height: example.height, width: example.width, classes: 4)
    let pair = try EnginePair(
      model, count: example.batch + 3, on: gpu.open(), products: ProductSettings(.cublas))
    try pair.compareGradients(of: (0..<example.batch).map { Int32($0) })
    try pair.compareEvaluation()
  }
}
