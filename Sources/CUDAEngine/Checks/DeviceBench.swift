public import NeuralNetwork

/// Measures a device without a training run: copies, launches, products and steps.
public struct DeviceBench {
  private let gpu: CUDADevice
  private let repeats: Int

  /// Creates a bench of `gpu` that reports medians of `repeats` measurements.
  public init(_ gpu: CUDADevice, repeats: Int) {
    precondition(repeats > 0, "\(repeats) repeats")
    self.gpu = gpu
    self.repeats = repeats
  }

  /// Median of the seconds from the start of `work` to the end of all work on `stream`.
  ///
  /// It repeats the work for 50 ms first, without measuring.
  private func median(_ stream: Stream, _ work: () throws -> Void) throws -> Double {
    // An idle GPU needs a moment to raise its clock rate.
    let begin = ContinuousClock.now
    repeat {
      try work()
      try stream.synchronize()
    } while .now - begin < .milliseconds(50)
    var seconds: [Double] = []
    for _ in 0..<repeats {
      let start = ContinuousClock.now
      try work()
      try stream.synchronize()
      seconds.append((.now - start) / .seconds(1))
    }
    return seconds.sorted()[repeats / 2]
  }

  /// Rates of copies between page-locked host memory and the device, in bytes per second.
  public func copyRates(bytes: Int = 64 << 20) throws -> (toDevice: Double, toHost: Double) {
    try gpu.makeCurrent()
    let stream = try Stream(gpu)
    let host = try PinnedMemory<UInt8>(gpu, count: bytes)
    let device = try DeviceMemory<UInt8>(gpu, count: bytes)
    let toDevice = try median(stream) {
      try stream.copy(UnsafeBufferPointer(host.elements), to: device.address)
    }
    let toHost = try median(stream) { try stream.copy(device.address, to: host.elements) }
    return (Double(bytes) / toDevice, Double(bytes) / toHost)
  }

  /// Seconds that each further kernel adds to a graph, and seconds of a graph with one kernel.
  public func graphSeconds() throws -> (node: Double, launch: Double) {
    try gpu.makeCurrent()
    let stream = try Stream(gpu)
    func nothing() throws { try stream.launch("nothing", Grid(x: 1), threads: 32, Int32(0)) }
    try nothing()
    try stream.synchronize()
    let count = 200
    let few = try Graph(stream) { try nothing() }
    let many = try Graph(stream) { for _ in 0...count { try nothing() } }
    let launch = try median(stream) { try few.launch(on: stream) }
    let all = try median(stream) { try many.launch(on: stream) }
    return ((all - launch) / Double(count), launch)
  }

  /// The time of one product of a model.
  public struct ProductTime: Sendable {
    public let name: String
    public let flop: Double
    /// The tile and the number of parts that training uses, or `cuBLAS`.
    public let cut: String
    public let seconds: Double
  }

  /// Measures every product of a model's layers separately, for batches of `batch` samples.
  public func products(_ model: Model, batch: Int, _ choice: ProductChoice) throws -> [ProductTime]
  {
    let trial = try Trial(model, batch: batch, on: gpu, ProductSettings(choice))
    let attached = try trial.engine.attached()
    let (passes, space) = (attached.passes, attached.space)
    try passes.warmUp(trial.batch, space, into: attached.sums, attached.replica.gradients)
    var times: [ProductTime] = []
    for (index, stage) in passes.plan.stages.enumerated() {
      for kind in stage.allProducts(isForTraining: true) {
        // Several products in one graph, so that the launch does not dominate the measurement.
        let copies = 20
        let graph = try Graph(passes.main) {
          for _ in 0..<copies { try passes.product(kind, index, batch, attached) }
        }
        let seconds = try median(passes.main) { try graph.launch(on: passes.main) }
        let shape = stage.product(kind, count: batch)
        times.append(
          ProductTime(
            name: "stage \(index + 1) \(kind.rawValue)", flop: shape.flop,
            cut: passes.products.text(kind, index, shape, stage),
            seconds: seconds / Double(copies)))
      }
    }
    return times
  }

  /// Seconds of a training step in a graph of many steps and in steps through the host.
  ///
  /// - Returns: seconds per step of both methods, and the number of kernels of a step in such a
  ///   graph.
  public func stepSeconds(
    _ model: Model, batch: Int
  ) throws -> (graphs: Double, host: Double, kernels: Int) {
    let trial = try Trial(model, batch: batch, on: gpu, ProductSettings())
    let engine = trial.engine
    let count = 64
    var number = 1
    let graphs = try median(engine.main) {
      _ = trial.indices.withUnsafeBufferPointer { all in
        engine.runSteps(
          [UnsafeBufferPointer<Int32>](repeating: all, count: count), firstStep: number)
      }
      number += count
    }
    let host = try median(engine.main) {
      for _ in 0..<count {
        _ = trial.replica.step(trial.indices, by: engine, number: number)
        number += 1
      }
    }
    try engine.checkDevice()
    return (graphs / Double(count), host / Double(count), try engine.kernelsOfStep())
  }

  /// An engine that is attached to random samples.
  private struct Trial {
    let replica: TrialReplica
    let engine: CUDAEngine
    let indices: [Int32]
    let batch: Passes.Batch

    init(_ model: Model, batch: Int, on gpu: CUDADevice, _ products: ProductSettings) throws {
      // The learning rate is so small that all steps do the same work.
      let optimizer = Optimizer(kind: .adam, learningRate: 1e-7)
      replica = TrialReplica(model, optimizer, count: batch)
      engine = try CUDAEngine(model: model, optimizer: optimizer, on: gpu, products: products)
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: batch)
      indices = (0..<batch).map { Int32($0) }
      self.batch = Passes.Batch(samples: try engine.attached().samples, count: batch)
    }
  }
}
