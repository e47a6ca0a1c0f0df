import NeuralNetwork

/// Selects the products that cuBLAS computes.
public enum ProductChoice: String, Sendable, CaseIterable {
  /// Large products of fully connected layers, where cuBLAS is available.
  case auto
  /// No products.
  case own
  /// All products of fully connected layers; an engine with this choice needs cuBLAS.
  case cublas
}

/// Settings for the computation of products.
public struct ProductSettings: Sendable {
  public var choice: ProductChoice
  /// A tile and a number of parts for all products, for tests and comparisons; nil to choose.
  package var tile: Tile?
  package var parts: Int?

  /// Whether the last layer may be computed by one kernel together with the loss.
  var fusesHead: Bool { choice == .auto && tile == nil && parts == nil }

  /// Settings with a choice; by default cuBLAS computes large products where it is available.
  public init(_ choice: ProductChoice = .auto) { self.choice = choice }
}

/// The products of a model's layers, computed by the engine's kernels or by cuBLAS.
///
/// The tile of each product is chosen for the largest batch, so that all batches use the same
/// kernels.
final class Products {
  private let chooser: CutChooser
  private let choice: ProductChoice
  private let blas: BLASProducts?
  private let mainSums: PartialSums
  private let sideSums: PartialSums
  private let main: Stream
  private var tiles: [ProductKey: Tile] = [:]

  /// Identifies a product of a stage.
  private struct ProductKey: Hashable {
    let stage: Int
    let kind: ProductKernel.Kind
  }

  /// Floating-point operations from which on `.auto` uses cuBLAS; an estimate, not measured.
  static let libraryFLOP = 1e9

  /// Compiles the kernels that a model needs for batches of up to `largest` samples.
  ///
  /// - Throws: `CUDAError`; `DeviceUnavailable` where the choice is `.cublas` and cuBLAS is
  ///   missing.
  init(
    _ plan: Plan, largest: Int, isForTraining: Bool, settings: ProductSettings, main: Stream,
    side: Stream
  ) throws {
    let device = main.device
    let choice = settings.choice
    self.choice = choice
    self.main = main
    chooser = CutChooser(
      processors: device.processors, precision: device.precision, forcedTile: settings.tile,
      forcedParts: settings.parts)
    // Opening cuBLAS takes time, so it is skipped where all products are small.
    let needsLibrary = plan.stages.contains { stage in
      stage.allProducts(isForTraining: isForTraining).contains {
        Self.isForLibrary(stage, stage.product($0, count: largest), choice)
      }
    }
    blas =
      needsLibrary && (choice == .cublas || device.hasCUBLAS)
      ? try BLASProducts(plan, calls: device.blas.get(), capacity: largest, main: main, side: side)
      : nil
    mainSums = try PartialSums(blocks: chooser.mostBlocks, on: main)
    sideSums = try PartialSums(blocks: isForTraining ? chooser.mostBlocks : 1, on: main)
    for (index, stage) in plan.stages.enumerated() {
      let isHead = isForTraining && settings.fusesHead && index == plan.head
      for kind in isHead ? [.fullWeights] : stage.allProducts(isForTraining: isForTraining) {
        let tile = chooser.best(stage.product(kind, count: largest)).tile
        tiles[ProductKey(stage: index, kind: kind)] = tile
      }
    }
    try device.require(Set(tiles.map { ProductKernel(kind: $0.key.kind, tile: $0.value) }))
  }

  /// Whether cuBLAS should compute this product, if it is available.
  private static func isForLibrary(
    _ stage: Stage, _ shape: ProductShape, _ choice: ProductChoice
  ) -> Bool {
    guard stage.work == .fullyConnected else { return false }
    switch choice {
    case .own: return false
    case .cublas: return true
    case .auto: return shape.flop >= libraryFLOP
    }
  }

  /// cuBLAS, if it computes this product.
  private func library(for shape: ProductShape, _ stage: Stage) -> BLASProducts? {
    Self.isForLibrary(stage, shape, choice) ? blas : nil
  }

  /// Description of how a product is computed, such as `MediumTile, 4 parts` or `cuBLAS`.
  func text(
    _ kind: ProductKernel.Kind, _ index: Int, _ shape: ProductShape, _ stage: Stage
  ) -> String {
    if library(for: shape, stage) != nil { return "cuBLAS" }
    let cut = launch(kind, index, shape, on: main).cut
    return "\(cut.tile), \(cut.parts) part\(cut.parts == 1 ? "" : "s")"
  }

  /// A launch of one of the engine's product kernels: its cut and the last three arguments.
  private struct Launch {
    let kernel: String
    let cut: Cut
    let sums: PartialSums
    var part: Int32 { Int32(cut.part) }
    var partials: DeviceAddress { sums.sums.address }
    var counters: DeviceAddress { sums.counters.address }
  }

  /// The launch of a product for this batch size, with the partial sums of its stream.
  private func launch(
    _ kind: ProductKernel.Kind, _ index: Int, _ shape: ProductShape, on stream: Stream
  ) -> Launch {
    guard let tile = tiles[ProductKey(stage: index, kind: kind)] else {
      preconditionFailure("stage \(index) has no product \(kind)")
    }
    return Launch(
      kernel: ProductKernel(kind: kind, tile: tile).name, cut: chooser.best(shape, tile: tile),
      sums: stream === main ? mainSums : sideSums)
  }

  /// Computes the outputs of a stage with parameters: product, bias, ReLU and pooling.
  func forward(
    _ stage: Stage, _ index: Int, count: Int, input: DeviceAddress, output: DeviceAddress,
    choices: DeviceAddress, parameters: DeviceMemory<Float>, on stream: Stream
  ) throws {
    guard let kind = stage.forwardProduct else { return }
    let shape = stage.product(kind, count: count)
    let weights = parameters.at(stage.weights.lowerBound)
    let bias = parameters.at(stage.biases.lowerBound)
    let hasReLU: Int32 = stage.hasReLU ? 1 : 0
    if let blas = library(for: shape, stage) {
      try blas.outputs(
        count: count, stage, input: input, weights: weights, output: output, on: stream)
      try stream.launch(
        "add_bias", .covering(count * stage.inner.count), output, bias,
        Divisor(stage.inner.channels), Int32(count * stage.inner.count), hasReLU)
      return
    }
    let launch = launch(kind, index, shape, on: stream)
    switch stage.work {
    case .convolution(let kernel, let isPooled):
      let geometry = ConvolutionShape(
        count: count, input: stage.input, output: stage.inner, kernel: kernel, isPooled: isPooled)
      if isPooled {
        try stream.launch(
          launch.kernel, launch.cut.grid, threads: Tile.threads, input, weights, bias, output,
          choices, geometry, Int32(shape.rows), hasReLU, launch.part, launch.partials,
          launch.counters)
      } else {
        try stream.launch(
          launch.kernel, launch.cut.grid, threads: Tile.threads, input, weights, bias, output,
          geometry, Int32(shape.rows), hasReLU, launch.part, launch.partials, launch.counters)
      }
    default:
      try stream.launch(
        launch.kernel, launch.cut.grid, threads: Tile.threads, input, weights, bias, output,
        Int32(count), Int32(stage.input.count), Int32(stage.inner.channels), hasReLU, launch.part,
        launch.partials, launch.counters)
    }
  }

  /// Computes the gradients of weights and biases from the gradient of the layer's outputs.
  func weights(
    _ stage: Stage, _ index: Int, count: Int, input: DeviceAddress, gradient: DeviceAddress,
    into gradients: DeviceMemory<Float>, on stream: Stream
  ) throws {
    let kind = stage.backwardProducts[0]
    let shape = stage.product(kind, count: count)
    let weights = gradients.at(stage.weights.lowerBound)
    let bias = gradients.at(stage.biases.lowerBound)
    let outs = stage.inner.channels
    if let blas = library(for: shape, stage) {
      try blas.weights(
        count: count, stage, input: input, gradient: gradient, weights: weights, on: stream)
      try stream.launch(
        "column_sums", .covering(outs, threads: 32), gradient, bias, Int32(count), Int32(outs))
      return
    }
    let launch = launch(kind, index, shape, on: stream)
    if case .convolution(let kernel, _) = stage.work {
      let geometry = ConvolutionShape(
        count: count, input: stage.input, output: stage.inner, kernel: kernel, isPooled: false)
      try stream.launch(
        launch.kernel, launch.cut.grid, threads: Tile.threads, input, gradient, weights, bias,
        geometry, Int32(shape.depth), launch.part, launch.partials, launch.counters)
    } else {
      try stream.launch(
        launch.kernel, launch.cut.grid, threads: Tile.threads, input, gradient, weights, bias,
        Int32(count), Int32(stage.input.count), Int32(outs), launch.part, launch.partials,
        launch.counters)
    }
  }

  /// Computes the gradient of the layer's inputs and passes it through the ReLU or pooling before.
  func inputs(
    _ stage: Stage, _ index: Int, count: Int, gradient: DeviceAddress, to passage: Passage,
    parameters: DeviceMemory<Float>, on stream: Stream
  ) throws {
    let kind = stage.backwardProducts[1]
    let shape = stage.product(kind, count: count)
    let weights = parameters.at(stage.weights.lowerBound)
    let passing = passage.passing.rawValue
    if let blas = library(for: shape, stage) {
      return try blas.inputs(
        count: count, stage, gradient: gradient, weights: weights, to: passage, on: stream)
    }
    let launch = launch(kind, index, shape, on: stream)
    if case .convolution(let kernel, _) = stage.work {
      let geometry = ConvolutionShape(
        count: count, input: stage.input, output: stage.inner, kernel: kernel, isPooled: false)
      try stream.launch(
        launch.kernel, launch.cut.grid, threads: Tile.threads, gradient, weights, passage.gradients,
        passage.inputs, passage.choices, passage.pooling, passing, geometry, Int32(shape.rows),
        launch.part, launch.partials, launch.counters)
    } else {
      try stream.launch(
        launch.kernel, launch.cut.grid, threads: Tile.threads, gradient, weights, passage.gradients,
        passage.inputs, passage.choices, passage.pooling, passing, Int32(count),
        Int32(stage.input.count), Int32(stage.inner.channels), launch.part, launch.partials,
        launch.counters)
    }
  }
}
