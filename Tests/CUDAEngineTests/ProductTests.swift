import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Every product kernel for every tile, on shapes that fit it and shapes that do not.
struct ProductTests {
  /// A model around the products of one kind of layer.
  struct Example: Sendable, CustomTestStringConvertible {
    let text: String
    let height: Int
    let width: Int
    let batch: Int
    var testDescription: String { "\(text), \(height)x\(width), batch \(batch)" }
  }

  static let examples = [
    // Fewer than a tile in every direction; odd strides.
    Example(text: "fc:7,relu,fc:5,fc:classes", height: 3, width: 3, batch: 3),
    // Several tiles, none of them full; strides that quads can read.
    Example(text: "fc:68,relu,fc:132,fc:classes", height: 12, width: 12, batch: 70),
    // One channel, then odd channels; windows of 5 x 5 and of 1 x 1.
    Example(
      text: "conv5x5:3,relu,conv3x3:5,conv1x1:7,relu,maxpool2,fc:classes", height: 11, width: 10,
      batch: 3),
    // Channels in quads, more than a narrow tile has columns; pooling without ReLU.
    Example(
      text: "conv3x3:8,conv3x3:36,maxpool2,conv2x2:4,relu,fc:classes", height: 9, width: 9,
      batch: 5),
    // Poolings behind each other and behind a ReLU of their own; ragged edges.
    Example(
      text: "conv2x2:4,relu,maxpool3,relu,conv2x2:8,relu,maxpool2,fc:6,relu,fc:classes", height: 17,
      width: 14, batch: 4),
    Example(
      text: "conv2x2:4,relu,relu,maxpool2,maxpool2,fc:classes", height: 12, width: 11, batch: 3),
  ]

  /// Each tile with one and with several parts of the reduction, in each of the three orders.
  @Test(
    arguments: examples,
    [(Tile.medium, FakeGPU.natural), (.narrow, .reversed), (.small, .shuffled)])
  func tilesAgreeWithTheReference(example: Example, way: (tile: Tile, gpu: FakeGPU)) throws {
    let model = try Model(
      text: example.text, height: example.height, width: example.width, classes: 4)
    let indices = (0..<example.batch).map { Int32(($0 * 5 + 1) % (example.batch + 3)) }
    for parts in [1, 3] {
      var products = ProductSettings(.own)
      products.tile = way.tile
      products.parts = parts
      let pair = try EnginePair(
        model, count: example.batch + 3, on: way.gpu.open(), products: products)
      try pair.compareGradients(of: indices)
      try pair.compareEvaluation()
    }
  }

  /// Full layers by cuBLAS, with what its products leave to do.
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
