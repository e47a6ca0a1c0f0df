import Dataset
public import NeuralNetwork

/// One of the oracle's sgd runs: the first steps on MNIST with a full-size network.
///
/// See Tests/Oracle/README.md.
public struct SGDOracleRun {
  /// A run as `sgd-losses.json` describes it.
  private struct Description: Decodable {
    let seed: UInt64
    let batch: Int
    let samples: Int
    let virtualShards: Int
    let learningRate: Double
    let momentum: Double
    let weightDecay: Double
    let losses: [Double]
  }

  public let model: Model
  public let optimizer: Optimizer
  public let batchSize: Int
  /// Number of training samples that the oracle used.
  public let samples: Int
  /// The batches of the first epoch, as indices into all samples of the one rank.
  public let batches: [[Int32]]
  /// PyTorch's losses, one per step.
  public let losses: [Double]
  private let seed: UInt64
  private let data: TrainingData
  /// The global indices of the rank's samples, in the order of its shards.
  private let globalIndices: [Int]

  /// Reads the run called `name`, such as `cnn/sgd`, and MNIST.
  public init(_ name: String) throws {
    let all = try Repository.oracle("sgd-losses.json", as: [String: Description].self)
    guard let run = all[name] else { throw SupportError("sgd-losses.json has no \(name)") }
    data = try DataSource.path(Repository.mnist()).read(
      DataSource.Options(limit: nil, seed: run.seed))
    model =
      name.hasPrefix("cnn")
      ? try Model.cnn(height: 28, width: 28, classes: 10)
      : try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    optimizer = Optimizer(
      kind: .sgd, learningRate: run.learningRate, momentum: run.momentum,
      weightDecay: run.weightDecay)
    (batchSize, samples, losses, seed) = (run.batch, run.samples, run.losses, run.seed)
    let shards = VirtualShards(count: run.virtualShards, samples: run.samples)
    let owners = ShardOwners.roundRobin(shards: shards, ranks: 1)
    var globalIndices: [Int] = []
    owners.forEachSample(of: 0) { globalIndices.append($0) }
    self.globalIndices = globalIndices
    let order = EpochOrder(seed: run.seed, epoch: 1, shards: shards)
    let local = LocalBatches(order: order, owners: owners, rank: 0, batchSize: run.batch)
    batches = run.losses.indices.map { Array(local.indices[local.range(of: $0)]) }
  }

  /// Number of training samples of MNIST.
  public var trainingCount: Int { data.training.count }

  /// Returns the rank's samples, or only those at `indices` in that order, with buffers.
  public func replica(of indices: [Int32]? = nil) -> Replica {
    let selected = indices?.map { globalIndices[Int($0)] } ?? globalIndices
    let size = model.input.count
    var images: [UInt8] = []
    images.reserveCapacity(selected.count * size)
    for sample in selected {
      images += data.training.images[(sample * size)..<((sample + 1) * size)]
    }
    return Replica(
      model: model, optimizer: optimizer, images: images,
      labels: selected.map { data.training.labels[$0] },
      means: data.normalisations.map(\.mean), deviations: data.normalisations.map(\.deviation),
      seed: seed)
  }
}
