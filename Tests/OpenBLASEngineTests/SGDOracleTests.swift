import Dataset
import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Fifty steps of sgd on MNIST against an independent PyTorch run in double precision.
///
/// See Tests/Oracle/README.md.
struct SGDOracleTests {
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

  /// Each run for as many steps as PyTorch's own single-precision run stays ten times closer than the
  /// bound: at the cnn's rate of 0.05 rounding alone moves the losses by 1e-4 after 30 steps.
  @Test(arguments: [
    ("mlp/sgd", 50, 1e-5), ("mlp/sgd-momentum", 25, 1e-5), ("cnn/sgd-small", 50, 1e-4),
    ("cnn/sgd", 20, 1e-4), ("cnn/sgd-momentum", 30, 1e-4),
  ])
  func lossesAreThoseOfPyTorch(name: String, steps: Int, bound: Double) throws {
    let run = try #require(Repository.oracle("sgd-losses.json", as: [String: Run].self)[name])
    #expect(run.losses.count == 50)
    let data = try DataSource.directory(Repository.mnist()).read(limit: nil, seed: run.seed)
    #expect(data.training.count == run.samples)
    let model =
      name.hasPrefix("cnn")
      ? try Model.cnn(height: 28, width: 28, classes: 10)
      : try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    let optimizer = Optimizer(
      kind: .sgd, learningRate: run.learningRate, momentum: run.momentum,
      weightDecay: run.weightDecay)

    let shards = VirtualShards(count: run.virtualShards, samples: run.samples)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: 1)
    // The one rank holds all samples, in the order of its shards.
    var images: [UInt8] = []
    var labels: [UInt8] = []
    images.reserveCapacity(data.training.images.count)
    owners.forEachSample(of: 0) { sample in
      images += data.training.images[(sample * 784)..<((sample + 1) * 784)]
      labels.append(data.training.labels[sample])
    }
    let replica = Replica(
      model: model, optimizer: optimizer, images: images, labels: labels,
      mean: data.normalisation.mean, deviation: data.normalisation.deviation, seed: run.seed)
    let engine = OpenBLASEngine(model: model, optimizer: optimizer)
    engine.attach(
      samples: replica.samples, buffers: replica.buffers, largestBatch: run.batch)

    let order = EpochOrder(seed: run.seed, epoch: 1, shards: shards)
    let batches = LocalBatches(order: order, owners: owners, rank: 0, batchSize: run.batch)
    var worst = 0.0
    for (step, wanted) in run.losses.prefix(steps).enumerated() {
      let indices = Array(batches.indices[batches.range(of: step)])
      let outcome = replica.gradients(of: indices, by: engine).outcome
      #expect(outcome.lossSum.isFinite)
      worst = max(worst, abs(outcome.lossSum / Double(indices.count) / wanted - 1))
      replica.update(by: engine, scale: 1 / Float(indices.count), step: step + 1)
    }
    #expect(worst < bound)
    if showsFigures { print("\(name): losses of \(steps) steps within \(worst)") }
  }
}
