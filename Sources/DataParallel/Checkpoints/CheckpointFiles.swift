import Foundation
import Hashing
import NeuralNetwork
import RunRecords
import Safetensors
import SystemSupport

/// The two files of a checkpoint, encoded and decoded.
///
/// `step-000000120.safetensors` holds parameters (`fc1.weight`) and optimizer state
/// (`fc1.weight.exp_avg`) in PyTorch's names, shapes and order. `step-000000120.json` holds the state,
/// with SHA-256 hashes of both. A checkpoint counts only if both files are there and unchanged.
package struct CheckpointFiles {
  /// What the JSON file holds.
  private struct Envelope: Codable {
    let state: Checkpoint.State
    /// SHA-256 of the state as JSON with sorted keys and no white space.
    let stateSHA256: String
    /// SHA-256 of the safetensors file.
    let tensorsSHA256: String
  }

  private let layout: ParameterLayout
  private let stateNames: [String]
  /// The text of the model.
  private let model: String
  private let optimizer: Optimizer

  /// The files for checkpoints of a model.
  package init(model: Model, optimizer: Optimizer) {
    layout = ParameterLayout(of: model)
    stateNames = TrainingNumbers.names(of: optimizer)
    self.model = model.text
    self.optimizer = optimizer
  }

  /// The contents of both files.
  package func encode(_ checkpoint: Checkpoint) throws -> (tensors: Data, state: Data) {
    let buffers =
      [(suffix: "", numbers: checkpoint.numbers.parameters)]
      + zip(stateNames, checkpoint.numbers.states).map { (".\($0)", $1) }
    let tensors = buffers.flatMap { suffix, numbers in
      let canonical = numbers.withUnsafeBufferPointer { layout.canonical(from: $0) }
      return layout.tensors.map {
        SafetensorsFile.Tensor(
          name: $0.name + suffix, shape: $0.canonicalShape, values: Array(canonical[$0.range]))
      }
    }
    let file = try SafetensorsFile(
      tensors: tensors,
      metadata: [
        "format": "pt", "model": model, "step": "\(checkpoint.state.progress.step)",
      ]
    ).encoded()
    let envelope = Envelope(
      state: checkpoint.state, stateSHA256: try Self.hash(of: checkpoint.state),
      tensorsSHA256: Self.hash(of: file))
    return (file, try SortedJSON.encode(envelope, pretty: true) + Data("\n".utf8))
  }

  /// The checkpoint of both files.
  ///
  /// - Throws: `CheckpointError` without a path, for contents that are damaged or of another model.
  package func decode(tensors: Data, state: Data) throws(CheckpointError) -> Checkpoint {
    let decoded = try Self.state(of: state)
    try check(decoded.state.work)
    guard Self.hash(of: tensors) == decoded.tensorsSHA256 else {
      throw CheckpointError("the numbers are truncated or altered (their SHA-256 differs)")
    }
    let file: SafetensorsFile
    do { file = try SafetensorsFile(decoding: tensors) } catch {
      throw CheckpointError("the file of numbers \(error)")
    }
    func numbers(_ suffix: String) throws(CheckpointError) -> [Float] {
      var canonical: [Float] = []
      for tensor in layout.tensors {
        guard let found = file[tensor.name + suffix], found.shape == tensor.canonicalShape else {
          throw CheckpointError(
            "has no tensor \(tensor.name)\(suffix) of the shape \(tensor.canonicalShape)")
        }
        canonical += found.values
      }
      return canonical.withUnsafeBufferPointer { [layout] canonical in
        [Float](unsafeUninitializedCapacity: layout.count) { buffer, count in
          layout.store(canonical: Array(canonical), into: buffer)
          count = layout.count
        }
      }
    }
    let parameters = try numbers("")
    var states: [[Float]] = []
    for name in stateNames { states.append(try numbers(".\(name)")) }
    return Checkpoint(
      state: decoded.state, numbers: TrainingNumbers(parameters: parameters, states: states))
  }

  /// Refuses a checkpoint whose numbers are those of another model or optimizer.
  private func check(_ work: Work) throws(CheckpointError) {
    var differences: [String] = []
    func compare(_ name: String, _ theirs: String, _ own: String) {
      if theirs != own { differences.append("\(name): \(OneLine.text(theirs)) against \(own)") }
    }
    compare("model", work.model, model)
    compare("optimizer.kind", work.optimizer.kind, optimizer.kind.rawValue)
    if optimizer.kind == .sgd, work.optimizer.kind == optimizer.kind.rawValue,
      (work.optimizer.momentum ?? 0 == 0) != (optimizer.momentum == 0)
    {
      compare(
        "optimizer.momentum", "\(work.optimizer.momentum ?? 0)", "\(optimizer.momentum)")
    }
    guard differences.isEmpty else {
      throw CheckpointError(
        "its run does other work: \(differences.joined(separator: "; ")); give the same options as "
          + "that run", isDamage: false)
    }
  }

  /// The state of a JSON file, checked against its hash.
  static func state(
    of data: Data
  ) throws(CheckpointError) -> (state: Checkpoint.State, tensorsSHA256: String) {
    guard let envelope = try? JSONDecoder().decode(Envelope.self, from: data) else {
      throw CheckpointError("the file of its state is truncated, or no checkpoint of this program")
    }
    guard (try? hash(of: envelope.state)) == envelope.stateSHA256 else {
      throw CheckpointError("the state is altered (its SHA-256 differs)")
    }
    guard envelope.state.format == Checkpoint.State.currentFormat else {
      throw CheckpointError(
        "has format \(envelope.state.format); this program reads format "
          + "\(Checkpoint.State.currentFormat)")
    }
    return (envelope.state, envelope.tensorsSHA256)
  }

  private static func hash(of state: Checkpoint.State) throws -> String {
    hash(of: try SortedJSON.encode(state, pretty: false))
  }

  private static func hash(of data: Data) -> String {
    data.withUnsafeBytes { SHA256.hex(of: $0) }
  }
}
