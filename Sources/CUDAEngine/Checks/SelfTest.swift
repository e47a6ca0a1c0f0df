public import NeuralNetwork

/// Checks a device against an engine on the CPU: every kernel, every tile, on shapes that fit and shapes
/// that do not.
public struct SelfTest {
  /// What one check found.
  public struct Finding: Sendable {
    public let name: String
    /// The largest error, as a norm relative to what was expected.
    public let error: Double
    public let bound: Double

    public var isGood: Bool { error < bound }
  }

  /// Makes the engine that is believed.
  public typealias Believed = (Model, Optimizer) -> any Engine

  private let gpu: CUDADevice
  private let believed: Believed

  /// A test of `gpu` against the engines that `believed` makes.
  public init(_ gpu: CUDADevice, against believed: @escaping Believed) {
    self.gpu = gpu
    self.believed = believed
  }

  /// A model and how its products are computed.
  private struct Case {
    let text: String
    let size: Int
    let batch: Int
    let way: Way
  }

  /// Who computes the products.
  private enum Way {
    case chosen
    case tile(Tile, parts: Int)
    case cublas

    var settings: ProductSettings {
      var settings = ProductSettings(.auto)
      switch self {
      case .chosen: break
      case .cublas: settings.choice = .cublas
      case .tile(let tile, let parts):
        settings.choice = .own
        settings.tile = tile
        settings.parts = parts
      }
      return settings
    }

    var text: String {
      switch self {
      case .chosen: "as in training"
      case .cublas: "cuBLAS"
      case .tile(let tile, let parts): "\(tile), \(parts) part\(parts == 1 ? "" : "s")"
      }
    }
  }

  private static let oddModels = [
    "conv5x5:3,relu,conv3x3:5,conv1x1:7,relu,maxpool2,fc:classes",
    "conv3x3:8,conv3x3:36,maxpool2,conv2x2:4,relu,fc:classes",
    "conv2x2:4,relu,maxpool3,relu,conv2x2:8,relu,maxpool2,fc:68,relu,fc:classes",
  ]
  private static let cnn =
    "conv3x3:32,relu,conv3x3:64,relu,maxpool2,fc:128,relu,fc:classes"
  private static let mlp = "fc:512,relu,fc:512,relu,fc:classes"

  /// Runs all checks; `isQuick` leaves out the full-size networks.
  ///
  /// - Parameter onFinding: hears of each as it comes.
  /// - Throws: `CUDAError`.
  public func run(isQuick: Bool, onFinding: (Finding) -> Void) throws {
    var ways: [Way] = [.chosen]
    for tile in Tile.allCases { ways += [.tile(tile, parts: 1), .tile(tile, parts: 3)] }
    if gpu.hasCUBLAS { ways.append(.cublas) }
    var cases = Self.oddModels.flatMap { text in
      ways.map { Case(text: text, size: 15, batch: 9, way: $0) }
    }
    if !isQuick {
      for batch in [64, 500] {
        cases += ways.map { Case(text: Self.mlp, size: 28, batch: batch, way: $0) }
        cases += ways.map { Case(text: Self.cnn, size: 28, batch: batch, way: $0) }
      }
    }
    for one in cases { onFinding(try gradients(one)) }
    for kind in [Optimizer.Kind.adam, .sgd] {
      onFinding(try updates(Optimizer(kind: kind, momentum: kind == .sgd ? 0.9 : 0)))
      onFinding(try steps(Optimizer(kind: kind, momentum: kind == .sgd ? 0.9 : 0)))
    }
  }

  /// Relative errors that rounding explains.
  ///
  /// Now and then it picks another of two nearly equal values in
  /// a pooling window, the more often the fewer bits factors have and the more windows there are.
  private func bound(isFullSize: Bool) -> Double {
    switch gpu.precision {
    case .float32: isFullSize ? 1e-3 : 1e-5
    case .tf32: 0.05
    case .bfloat16: 0.4
    }
  }

  private func model(_ one: Case) throws -> Model {
    try Model(text: one.text, height: one.size, width: one.size, classes: 10)
  }

  /// Gradients, losses, hits and an evaluation.
  private func gradients(_ one: Case) throws -> Finding {
    let (model, optimizer) = (try model(one), Optimizer(kind: .sgd))
    let (mine, theirs) = (
      TrialReplica(model, optimizer, count: one.batch),
      TrialReplica(model, optimizer, count: one.batch)
    )
    let engine = try CUDAEngine(
      model: model, optimizer: optimizer, on: gpu, products: one.way.settings)
    let other = believed(model, optimizer)
    try engine.attach(samples: mine.samples, buffers: mine.buffers, largestBatch: one.batch)
    try other.attach(samples: theirs.samples, buffers: theirs.buffers, largestBatch: one.batch)
    let indices = (0..<one.batch).map { Int32(($0 * 7 + 3) % one.batch) }
    let outcomes = indices.withUnsafeBufferPointer { indices in
      (
        engine.computeGradients(of: indices, into: mine.gradients, onReady: { _ in }),
        other.computeGradients(of: indices, into: theirs.gradients, onReady: { _ in })
      )
    }
    let evaluations = (engine.evaluate(mine.samples), other.evaluate(theirs.samples))
    try engine.checkDevice()
    return withExtendedLifetime((mine, theirs)) {
      var error = abs(outcomes.0.lossSum / outcomes.1.lossSum - 1)
      error = max(error, abs(evaluations.0.lossSum / evaluations.1.lossSum - 1))
      for tensor in mine.layout.tensors {
        error = max(
          error, Self.error(mine.gradients[tensor.range], theirs.gradients[tensor.range]))
      }
      return Finding(
        name: "gradients, \(one.text), batch \(one.batch), \(one.way.text)", error: error,
        bound: bound(isFullSize: one.size == 28))
    }
  }

  /// Three updates from gradients of the host.
  private func updates(_ optimizer: Optimizer) throws -> Finding {
    let model = try Model(text: Self.oddModels[2], height: 15, width: 15, classes: 10)
    let replicas = (0..<2).map { _ in TrialReplica(model, optimizer, count: 4) }
    let engines: [any Engine] = [
      try CUDAEngine(model: model, optimizer: optimizer, on: gpu), believed(model, optimizer),
    ]
    for (replica, engine) in zip(replicas, engines) {
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 4)
      for step in 1...3 {
        for place in replica.gradients.indices {
          replica.gradients[place] = Float((place * 37 + step * 11) % 101) / 50 - 1
        }
        guard let base = replica.gradients.baseAddress else { continue }
        engine.update(
          0..<replica.layout.count, from: [UnsafePointer(base), UnsafePointer(base)], scale: 0.25,
          step: step)
      }
      engine.publishParameters()
      try engine.checkDevice()
    }
    return withExtendedLifetime(replicas) {
      let buffers = replicas.map(\.buffers)
      return Finding(
        name: "updates, \(optimizer.kind.rawValue)",
        error: max(
          Self.error(buffers[0].parameters[...], buffers[1].parameters[...]),
          Self.error(buffers[0].optimizerState[...], buffers[1].optimizerState[...])),
        bound: 1e-6)
    }
  }

  /// Whole steps in graphs against the same steps by way of the host, on the same device: the same bits.
  private func steps(_ optimizer: Optimizer) throws -> Finding {
    let model = try Model(text: Self.oddModels[2], height: 15, width: 15, classes: 10)
    let (one, many) = (
      TrialReplica(model, optimizer, count: 40), TrialReplica(model, optimizer, count: 40)
    )
    let engines = try [one, many].map { replica in
      let engine = try CUDAEngine(model: model, optimizer: optimizer, on: gpu)
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 8)
      return engine
    }
    let batches = (0..<21).map { step in (0..<8).map { Int32((step * 8 + $0 * 3) % 40) } }
    for (step, batch) in batches.enumerated() {
      _ = one.step(batch, by: engines[0], number: step + 1)
    }
    batches.flatMap { $0 }.withUnsafeBufferPointer { all in
      _ = engines[1].runSteps(
        batches.indices.map { UnsafeBufferPointer(rebasing: all[($0 * 8)..<($0 * 8 + 8)]) },
        firstStep: 1)
    }
    for engine in engines {
      engine.publishParameters()
      try engine.checkDevice()
    }
    return withExtendedLifetime((one, many)) {
      Finding(
        name: "21 steps in graphs against steps one by one, \(optimizer.kind.rawValue)",
        error: Self.error(many.buffers.parameters[...], one.buffers.parameters[...]), bound: 1e-12)
    }
  }

  private static func error(
    _ values: Slice<UnsafeMutableBufferPointer<Float>>,
    _ expected: Slice<UnsafeMutableBufferPointer<Float>>
  ) -> Double {
    var (difference, size) = (0.0, 0.0)
    for (value, wanted) in zip(values, expected) {
      difference += (Double(value) - Double(wanted)) * (Double(value) - Double(wanted))
      size += Double(wanted) * Double(wanted)
    }
    if difference == 0 { return 0 }
    let ratio = (difference / size).squareRoot()
    return ratio.isNaN ? .infinity : ratio
  }
}
