import Foundation
import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Directory with the oracle's runs on the full-size networks; nil where they were not made.
private let fullSizeDirectory = ProcessInfo.processInfo.environment["ORACLE_DIR"]

/// Whether the tests print the errors that they measure: only if full-size runs are requested.
let showsFigures = fullSizeDirectory != nil

/// Ten steps of adam against PyTorch, each from the oracle's own parameters.
///
/// A free-running adam is chaotic in its last digits: rounding flips a ReLU, and adam makes a full
/// step of it. See Tests/Oracle/README.md.
struct AdamOracleTests {
  @Test(arguments: ["adam-cnn", "adam-mlp", "adamw-mlp"])
  func stepsAreThoseOfPyTorch(name: String) throws {
    let errors = try measure("\(Repository.oracle)/\(name).safetensors", name: name)
    // Measured: 2.3e-7, 5.2e-8, 6.3e-6.
    #expect(errors.gradient < 1e-5)
    #expect(errors.parameters < 1e-6)
    #expect(errors.update < 1e-4)
  }

  @Test(.enabled(if: showsFigures), arguments: ["adam-cnn", "adam-mlp", "adamw-mlp"])
  func stepsAreThoseOfPyTorchAtFullSize(name: String) throws {
    let errors = try measure(
      "\(fullSizeDirectory ?? "")/\(name).safetensors", name: "full size \(name)")
    // At this size, single precision sometimes selects the other of two nearly equal values in a
    // pooling window, and PyTorch's single precision does so in the same step. The gradients before
    // that layer then differ by 1e-4. Other steps stay below 1e-6.
    #expect(errors.gradient < 2e-4)
    #expect(errors.parameters < 1e-5)
    #expect(errors.update < 1e-4)
  }

  /// The largest errors of ten steps, as relative norms.
  private struct Errors {
    /// Gradients against the oracle's, which come from double precision.
    var gradient = 0.0
    /// Parameters after an update from our gradients (and from moments computed from them).
    var parameters = 0.0
    /// The change of the parameters in that update, including the rounding of tiny gradients.
    var update = 0.0
    /// Parameters after an update from the oracle's gradients.
    var parametersByRule = 0.0
    /// The change of the parameters in that update.
    var updateByRule = 0.0
  }

  private func measure(_ path: String, name: String) throws -> Errors {
    let file = try SafetensorsFile(path: path)
    let run = try OracleRun(file, isConvolutional: name.hasSuffix("cnn"))
    let optimizer = Optimizer(kind: .adam, weightDecay: name.contains("adamw") ? 0.01 : 0)
    let replica = run.replica(optimizer)
    let ruleReplica = run.replica(optimizer)
    let layout = replica.layout
    let engine = OpenBLASEngine(model: run.model, optimizer: optimizer)
    let ruleEngine = OpenBLASEngine(model: run.model, optimizer: optimizer)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 64)
    ruleEngine.attach(samples: ruleReplica.samples, buffers: ruleReplica.buffers, largestBatch: 64)

    #expect(run.batches.count == 10)
    #expect(
      try layout.canonical(from: UnsafeBufferPointer(replica.buffers.parameters))
        == run.tensors("step0", layout), "the oracle starts from our initial weights")
    var errors = Errors()
    for (step, indices) in run.batches.enumerated() {
      let before = try run.tensors("step\(step)", layout)
      let after = try run.tensors("step\(step + 1)", layout)
      let gradient = try run.tensors("gradient\(step)", layout)
      layout.store(canonical: before, into: replica.buffers.parameters)
      layout.store(canonical: before, into: ruleReplica.buffers.parameters)
      let scale = 1 / Float(indices.count)
      let (sums, outcome, _) = replica.gradients(of: indices, by: engine)
      replica.update(by: engine, scale: scale, step: step + 1)
      layout.store(canonical: gradient, into: ruleReplica.gradients)
      ruleReplica.update(by: ruleEngine, scale: 1, step: step + 1)

      let loss = outcome.lossSum / Double(indices.count)
      #expect(abs(loss / run.losses[step] - 1) < 1e-6)
      let means = sums.map { $0 * scale }.withUnsafeBufferPointer { layout.canonical(from: $0) }
      let gradientError = relativeNorm(means, gradient)
      errors.gradient = max(errors.gradient, gradientError)
      let result = layout.canonical(from: UnsafeBufferPointer(replica.buffers.parameters))
      let byRule = layout.canonical(from: UnsafeBufferPointer(ruleReplica.buffers.parameters))
      let change = difference(after, before)
      errors.parameters = max(errors.parameters, relativeNorm(result, after))
      errors.update = max(errors.update, relativeNorm(difference(result, before), change))
      errors.parametersByRule = max(errors.parametersByRule, relativeNorm(byRule, after))
      errors.updateByRule = max(
        errors.updateByRule, relativeNorm(difference(byRule, before), change))
      if showsFigures {
        let parts = layout.tensors.map {
          "\($0.name) \(relativeNorm(Array(means[$0.range]), Array(gradient[$0.range])))"
        }
        print("\(name), step \(step + 1): gradient \(gradientError) (\(parts))")
      }
    }
    #expect(errors.parametersByRule < 1e-6)
    // PyTorch applies the decay in a separate multiplication, which is rounded.
    #expect(errors.updateByRule < (optimizer.weightDecay == 0 ? 2e-6 : 1e-5))
    if showsFigures { print("\(name): \(errors)") }
    return errors
  }

  private func difference(_ left: [Float], _ right: [Float]) -> [Float] {
    zip(left, right).map { $0 - $1 }
  }
}
