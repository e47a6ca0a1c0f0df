public import NeuralNetwork

/// Checks a device's results against those of an engine on the CPU.
///
/// It covers every kernel and every tile, with shapes that are multiples of the tiles and shapes
/// that are not.
public struct SelfTest {
  /// The result of one check.
  public struct Finding: Sendable {
    public let name: String
    /// The largest error: the norm of the difference relative to the norm of the expected values.
    public let error: Double
    public let bound: Double

    public var isGood: Bool { error < bound }
  }

  /// Makes the reference engine, which is taken to be correct.
  public typealias ReferenceFactory = (Model, Optimizer) -> any Engine

  private let gpu: CUDADevice
  private let makeReference: ReferenceFactory

  /// Creates a test of `gpu` against the engines that `makeReference` makes.
  public init(_ gpu: CUDADevice, against makeReference: @escaping ReferenceFactory) {
    self.gpu = gpu
    self.makeReference = makeReference
  }

  /// A model and how its products are computed.
  private struct Case {
    let text: String
    let size: Int
    var channels = 1
    let batch: Int
    let method: ProductMethod
  }

  /// How products are computed: as training does, with a given tile and parts, or by cuBLAS.
  private enum ProductMethod {
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
  /// - Parameter onFinding: receives each result as soon as it is known.
  /// - Throws: `CUDAError`.
  public func run(isQuick: Bool, onFinding: (Finding) -> Void) throws {
    var methods: [ProductMethod] = [.chosen]
    for tile in Tile.allCases { methods += [.tile(tile, parts: 1), .tile(tile, parts: 3)] }
    if gpu.hasCUBLAS { methods.append(.cublas) }
    var cases = Self.oddModels.flatMap { text in
      methods.map { Case(text: text, size: 15, batch: 9, method: $0) }
    }
    cases += (2...Samples.mostChannels).map {
      Case(text: Self.oddModels[0], size: 15, channels: $0, batch: 9, method: .chosen)
    }
    if !isQuick {
      for batch in [64, 500] {
        cases += methods.map { Case(text: Self.mlp, size: 28, batch: batch, method: $0) }
        cases += methods.map { Case(text: Self.cnn, size: 28, batch: batch, method: $0) }
      }
    }
    for one in cases { onFinding(try gradients(one)) }
    for kind in [Optimizer.Kind.adam, .sgd] {
      onFinding(try updates(Optimizer(kind: kind, momentum: kind == .sgd ? 0.9 : 0)))
      onFinding(try steps(Optimizer(kind: kind, momentum: kind == .sgd ? 0.9 : 0)))
    }
  }

  /// The largest relative error that rounding can explain.
  ///
  /// Occasionally rounding selects the other of two nearly equal values in a pooling window. That
  /// happens more often the fewer bits the factors have and the more windows there are.
  private func bound(isFullSize: Bool) -> Double {
    switch gpu.precision {
    case .float32: isFullSize ? 1e-3 : 1e-5
    case .tf32: 0.05
    case .bfloat16: 0.4
    }
  }

  /// The model of a case, with 10 classes.
  private func model(_ one: Case) throws -> Model {
    try Model(
      text: one.text, height: one.size, width: one.size, channels: one.channels, classes: 10)
  }

  /// Compares the gradients and the loss of one batch, and the loss of an evaluation.
  private func gradients(_ one: Case) throws -> Finding {
    let (model, optimizer) = (try model(one), Optimizer(kind: .sgd))
    let (tested, expected) = (
      TrialReplica(model, optimizer, count: one.batch),
      TrialReplica(model, optimizer, count: one.batch)
    )
    let engine = try CUDAEngine(
      model: model, optimizer: optimizer, on: gpu, products: one.method.settings)
    let reference = makeReference(model, optimizer)
    try engine.attach(samples: tested.samples, buffers: tested.buffers, largestBatch: one.batch)
    try reference.attach(
      samples: expected.samples, buffers: expected.buffers, largestBatch: one.batch)
    let indices = (0..<one.batch).map { Int32(($0 * 7 + 3) % one.batch) }
    let outcomes = indices.withUnsafeBufferPointer { indices in
      (
        engine.computeGradients(of: indices, into: tested.gradients, onReady: { _ in }),
        reference.computeGradients(of: indices, into: expected.gradients, onReady: { _ in })
      )
    }
    let evaluations = (engine.evaluate(tested.samples), reference.evaluate(expected.samples))
    try engine.checkDevice()
    return withExtendedLifetime((tested, expected)) {
      var error = abs(outcomes.0.lossSum / outcomes.1.lossSum - 1)
      error = max(error, abs(evaluations.0.lossSum / evaluations.1.lossSum - 1))
      for tensor in tested.layout.tensors {
        error = max(
          error, Self.error(tested.gradients[tensor.range], expected.gradients[tensor.range]))
      }
      return Finding(
        name: "gradients, \(one.text), \(one.channels == 1 ? "" : "\(one.channels) channels, ")"
          + "batch \(one.batch), \(one.method.text)", error: error,
        bound: bound(isFullSize: one.size == 28))
    }
  }

  /// Compares parameters and optimizer state after three updates from gradients on the host.
  private func updates(_ optimizer: Optimizer) throws -> Finding {
    let model = try Model(text: Self.oddModels[2], height: 15, width: 15, classes: 10)
    let replicas = (0..<2).map { _ in TrialReplica(model, optimizer, count: 4) }
    let engines: [any Engine] = [
      try CUDAEngine(model: model, optimizer: optimizer, on: gpu), makeReference(model, optimizer),
    ]
    for (replica, engine) in zip(replicas, engines) {
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 4)
      for step in 1...3 {
        for index in replica.gradients.indices {
          replica.gradients[index] = Float((index * 37 + step * 11) % 101) / 50 - 1
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

  /// Compares whole steps in graphs with the same steps through the host, on the same device.
  ///
  /// Both must give the same bits.
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

  /// Norm of the difference relative to the norm of the expected values; infinity for NaN.
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
