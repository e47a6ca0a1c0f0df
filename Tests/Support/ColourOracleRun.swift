public import NeuralNetwork

/// One of the oracle's sgd runs on images of three channels; see Tests/Oracle/README.md.
public struct ColourOracleRun {
  /// The names of the runs.
  public static let names = ["sgd", "momentum"]

  public let model: Model
  public let optimizer: Optimizer
  /// The samples of each batch.
  public let batches: [[Int32]]
  /// PyTorch's losses, one per step, in double precision.
  public let losses: [Double]
  private let file: SafetensorsFile

  /// Reads the run called `name`.
  public init(_ name: String) throws {
    file = try SafetensorsFile(path: "\(Repository.oracle)/colour-sgd.safetensors")
    guard let size = file.shape("images"), let batch = file.shape("indices")?[1] else {
      throw SupportError("colour-sgd.safetensors has no images or no indices")
    }
    model = try Model(
      text: "conv3x3:16,relu,conv3x3:16,relu,maxpool2,conv3x3:24,relu,fc:20,relu,fc:classes",
      height: size[1], width: size[2], channels: size[3], classes: 10)
    let constants = try file.doubles("\(name).constants")
    optimizer = Optimizer(
      kind: .sgd, learningRate: constants[0], momentum: constants[1], weightDecay: constants[2])
    losses = try file.doubles("\(name).losses")
    let indices = try file.integers("indices")
    batches = stride(from: 0, to: indices.count, by: batch).map {
      Array(indices[$0..<($0 + batch)])
    }
  }

  /// Returns the run's samples, with buffers that hold the initial parameters.
  public func replica() throws -> Replica {
    Replica(
      model: model, optimizer: optimizer, images: try file.bytes("images"),
      labels: try file.bytes("labels"), means: try file.doubles("means"),
      deviations: try file.doubles("deviations"))
  }

  /// The largest errors of a run by an engine, relative to PyTorch's values.
  public struct Errors {
    /// The mean losses of all steps.
    public var loss = 0.0
    /// The mean gradients of the first step: the largest norm of a tensor's error.
    public var gradient = 0.0
  }

  /// Trains with `engine`, which `attach` attaches to the replica that it is given.
  public func errors<Trained: Engine>(
    of engine: Trained, attach: (Replica) throws -> Void
  ) throws -> Errors {
    let replica = try replica()
    try attach(replica)
    var errors = Errors()
    for (step, (indices, wanted)) in zip(batches, losses).enumerated() {
      let scale = 1 / Float(indices.count)
      let (sums, outcome, _) = replica.gradients(of: indices, by: engine)
      let loss = outcome.lossSum / Double(indices.count)
      errors.loss = loss.isFinite ? max(errors.loss, abs(loss / wanted - 1)) : .infinity
      if step == 0 {
        let means = sums.map { $0 * scale }.withUnsafeBufferPointer {
          replica.layout.canonical(from: $0)
        }
        for tensor in replica.layout.tensors {
          let wanted = try file.floats("gradient.\(tensor.name)")
          guard file.shape("gradient.\(tensor.name)") == tensor.canonicalShape else {
            throw SupportError("gradient.\(tensor.name) has another shape")
          }
          errors.gradient = max(
            errors.gradient, relativeNorm(Array(means[tensor.range]), wanted))
        }
      }
      replica.update(by: engine, scale: scale, step: step + 1)
    }
    try engine.checkDevice()
    return errors
  }
}
