import CUDAEngine
import Dataset
import NeuralNetwork
import TestSupport
import Testing

/// Steps against PyTorch's; see Tests/Oracle/README.md.
struct OracleTests {
  /// Three steps of adam, each from the oracle's own parameters.
  @Test(arguments: ["adam-cnn", "adam-mlp", "adamw-mlp"])
  func adamStepsAreThoseOfPyTorch(name: String) throws {
    let file = try SafetensorsFile(path: "\(Repository.oracle)/\(name).safetensors")
    let run = try OracleRun(file, isConvolutional: name.hasSuffix("cnn"))
    let optimizer = Optimizer(kind: .adam, weightDecay: name.contains("adamw") ? 0.01 : 0)
    let replica = run.replica(optimizer)
    let layout = replica.layout
    let engine = try CUDAEngine(model: run.model, optimizer: optimizer, on: FakeGPU.natural.open())
    try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 64)
    for (step, indices) in run.batches.prefix(3).enumerated() {
      let before = try run.tensors("step\(step)", layout)
      let after = try run.tensors("step\(step + 1)", layout)
      engine.publishParameters()
      layout.store(canonical: before, into: replica.buffers.parameters)
      engine.adoptParameters()
      let scale = 1 / Float(indices.count)
      let (sums, outcome, _) = replica.gradients(of: indices, by: engine)
      replica.update(by: engine, scale: scale, step: step + 1)
      engine.publishParameters()
      try engine.checkDevice()
      #expect(abs(outcome.lossSum / Double(indices.count) / run.losses[step] - 1) < 1e-6)
      let means = sums.map { $0 * scale }.withUnsafeBufferPointer { layout.canonical(from: $0) }
      #expect(relativeNorm(means, try run.tensors("gradient\(step)", layout)) < 1e-5)
      let result = layout.canonical(from: UnsafeBufferPointer(replica.buffers.parameters))
      #expect(relativeNorm(result, after) < 1e-6)
    }
  }

  private struct Run: Decodable {
    let seed: UInt64
    let batch: Int
    let samples: Int
    let virtualShards: Int
    let learningRate: Double
    let momentum: Double
    let weightDecay: Double
    let losses: [Double]
  }

  /// The first steps of sgd on MNIST, with the full-size networks.
  @Test(arguments: [("mlp/sgd-momentum", 4), ("cnn/sgd", 2)])
  func sgdLossesAreThoseOfPyTorch(name: String, steps: Int) throws {
    let run = try #require(Repository.oracle("sgd-losses.json", as: [String: Run].self)[name])
    let data = try DataSource.directory(Repository.mnist()).read(limit: nil, seed: run.seed)
    let model =
      name.hasPrefix("cnn")
      ? try Model.cnn(height: 28, width: 28, classes: 10)
      : try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    let optimizer = Optimizer(
      kind: .sgd, learningRate: run.learningRate, momentum: run.momentum,
      weightDecay: run.weightDecay)
    let shards = VirtualShards(count: run.virtualShards, samples: run.samples)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: 1)
    let order = EpochOrder(seed: run.seed, epoch: 1, shards: shards)
    let batches = LocalBatches(order: order, owners: owners, rank: 0, batchSize: run.batch)
    // The one rank holds all samples, in the order of its shards; only these batches' are needed.
    var place: [Int] = []
    owners.forEachSample(of: 0) { place.append($0) }
    let wanted = (0..<steps).flatMap { batches.indices[batches.range(of: $0)] }.map {
      place[Int($0)]
    }
    let replica = Replica(
      model: model, optimizer: optimizer,
      images: wanted.flatMap { data.training.images[($0 * 784)..<(($0 + 1) * 784)] },
      labels: wanted.map { data.training.labels[$0] }, mean: data.normalisation.mean,
      deviation: data.normalisation.deviation, seed: run.seed)
    let engine = try CUDAEngine(model: model, optimizer: optimizer, on: FakeGPU.natural.open())
    try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: run.batch)
    for step in 0..<steps {
      let indices = (0..<run.batch).map { Int32(step * run.batch + $0) }
      let outcome = replica.gradients(of: indices, by: engine).outcome
      replica.update(by: engine, scale: 1 / Float(run.batch), step: step + 1)
      try engine.checkDevice()
      #expect(abs(outcome.lossSum / Double(run.batch) / run.losses[step] - 1) < 1e-5)
    }
  }
}
