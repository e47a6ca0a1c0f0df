import Dataset
public import NeuralNetwork

/// One of the oracle's adam runs: its model, samples and batches, and its tensors for each step.
public struct OracleRun {
  public let model: Model
  public let images: [UInt8]
  public let labels: [UInt8]
  let normalisation: Normalisation
  public let batches: [[Int32]]
  public let losses: [Double]
  private let file: SafetensorsFile

  /// Reads model, samples and batches; ``tensors(_:_:)`` reads tensors later.
  public init(_ file: SafetensorsFile, isConvolutional: Bool) throws {
    self.file = file
    func shape(_ name: String) throws -> [Int] {
      guard let shape = file.shape(name) else { throw SupportError("\(name) is missing") }
      return shape
    }
    let size = try shape("images")
    let hidden = try ["fc1", "fc2"].map { try shape("step0.\($0).bias")[0] }
    model =
      isConvolutional
      ? try Model.cnn(height: size[1], width: size[2], classes: 10)
      : try Model.mlp(hidden: hidden, height: size[1], width: size[2], classes: 10)
    images = try file.bytes("images")
    labels = try file.bytes("labels")
    guard let normalisation = Normalisation(of: images) else {
      throw SupportError("all pixels are equal")
    }
    self.normalisation = normalisation
    losses = try file.doubles("losses")
    let indices = try file.integers("indices")
    let batch = try shape("indices")[1]
    batches = stride(from: 0, to: indices.count, by: batch).map {
      Array(indices[$0..<($0 + batch)])
    }
  }

  /// Returns the run's samples with buffers for `optimizer`.
  public func replica(_ optimizer: Optimizer) -> Replica {
    Replica(
      model: model, optimizer: optimizer, images: images, labels: labels,
      means: [normalisation.mean], deviations: [normalisation.deviation])
  }

  /// Returns all tensors `prefix.NAME`, concatenated in canonical order.
  public func tensors(_ prefix: String, _ layout: ParameterLayout) throws -> [Float] {
    try layout.tensors.flatMap { tensor in
      guard file.shape("\(prefix).\(tensor.name)") == tensor.canonicalShape else {
        throw SupportError("\(prefix).\(tensor.name) is missing or of another shape")
      }
      return try file.floats("\(prefix).\(tensor.name)")
    }
  }
}
