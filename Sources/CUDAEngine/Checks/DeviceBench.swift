public import NeuralNetwork

/// What a device can do: copies, launches, products and steps, without a training run.
public struct DeviceBench {
  private let gpu: CUDADevice
  private let repeats: Int

  /// A bench of `gpu` whose figures are medians of `repeats` measurements.
  public init(_ gpu: CUDADevice, repeats: Int) {
    precondition(repeats > 0, "\(repeats) repeats")
    self.gpu = gpu
    self.repeats = repeats
  }

  /// Seconds of `work`, whose end is the end of `stream`'s work: the median, after some for nothing.
  private func median(_ stream: Stream, _ work: () throws -> Void) throws -> Double {
    // A GPU that has rested needs a moment to raise its clock.
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

  /// Rates of copies between locked host memory and the device, in bytes a second.
  public func copyRates(bytes: Int = 64 << 20) throws -> (toDevice: Double, toHost: Double) {
    try gpu.makeCurrent()
    let stream = try Stream(gpu)
    let host = try PinnedMemory<UInt8>(gpu, count: bytes)
    let device = try DeviceMemory<UInt8>(gpu, count: bytes)
    let there = try median(stream) {
      try stream.copy(UnsafeBufferPointer(host.elements), to: device.address)
    }
    let back = try median(stream) { try stream.copy(device.address, to: host.elements) }
    return (Double(bytes) / there, Double(bytes) / back)
  }

  /// Seconds that a graph takes for each kernel in it, and for its launch with one kernel.
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
    /// With the cut that training takes: its tile and parts.
    public let cut: String
    public let seconds: Double
  }

  /// All products of the layers of a model, each by itself, for batches of `batch`.
  public func products(_ model: Model, batch: Int, _ choice: ProductChoice) throws -> [ProductTime]
  {
    let trial = try Trial(model, batch: batch, on: gpu, ProductSettings(choice))
    let attached = try trial.engine.attached()
    let (passes, space) = (attached.passes, attached.space)
    try passes.warmUp(trial.batch, space, into: attached.sums, attached.replica.gradients)
    var times: [ProductTime] = []
    for (place, stage) in passes.plan.stages.enumerated() {
      for kind in stage.allProducts(isForTraining: true) {
        // Several in a graph, or launching would be what is measured.
        let copies = 20
        let graph = try Graph(passes.main) {
          for _ in 0..<copies { try passes.product(kind, place, batch, attached) }
        }
        let seconds = try median(passes.main) { try graph.launch(on: passes.main) }
        let shape = stage.product(kind, count: batch)
        times.append(
          ProductTime(
            name: "stage \(place + 1) \(kind.rawValue)", flop: shape.flop,
            cut: passes.products.text(kind, place, shape, stage),
            seconds: seconds / Double(copies)))
      }
    }
    return times
  }

  /// Seconds of a training step: many in graphs, and one by one by way of the host; and the kernels of
  /// the former.
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

  /// An engine that is ready to work on noise.
  private struct Trial {
    let replica: TrialReplica
    let engine: CUDAEngine
    let indices: [Int32]
    let batch: Passes.Batch

    init(_ model: Model, batch: Int, on gpu: CUDADevice, _ products: ProductSettings) throws {
      // A rate so small that all steps have the same work.
      let optimizer = Optimizer(kind: .adam, learningRate: 1e-7)
      replica = TrialReplica(model, optimizer, count: batch)
      engine = try CUDAEngine(model: model, optimizer: optimizer, on: gpu, products: products)
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: batch)
      indices = (0..<batch).map { Int32($0) }
      self.batch = Passes.Batch(samples: try engine.attached().samples, count: batch)
    }
  }
}
