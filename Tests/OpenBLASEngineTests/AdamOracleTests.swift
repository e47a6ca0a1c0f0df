import Foundation
import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Directory with the oracle's runs on the full-size networks, where somebody made them.
private let fullSizeDirectory = ProcessInfo.processInfo.environment["ORACLE_DIR"]

/// Whether the tests print what they measure: where full-size runs are asked for.
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
    // Single precision at this size now and then picks another of two nearly equal values in a
    // pooling window, and PyTorch's does so in the same step; the gradients before that layer then
    // differ by 1e-4. Other steps stay below 1e-6.
    #expect(errors.gradient < 2e-4)
    #expect(errors.parameters < 1e-5)
    #expect(errors.update < 1e-4)
  }

  /// The largest errors of ten steps, as relative norms.
  private struct Errors {
    /// Gradients against the oracle's, which come from double precision.
    var gradient = 0.0
    /// Parameters after an update from our gradients (and moments made of them).
    var parameters = 0.0
    /// The change of the parameters in that update: rounding of tiny gradients included.
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
    let own = run.replica(optimizer)
    let ruled = run.replica(optimizer)
    let layout = own.layout
    let engine = OpenBLASEngine(model: run.model, optimizer: optimizer)
    let rule = OpenBLASEngine(model: run.model, optimizer: optimizer)
    engine.attach(samples: own.samples, buffers: own.buffers, largestBatch: 64)
    rule.attach(samples: ruled.samples, buffers: ruled.buffers, largestBatch: 64)

    #expect(run.batches.count == 10)
    #expect(
      try layout.canonical(from: UnsafeBufferPointer(own.buffers.parameters))
        == run.tensors("step0", layout), "the oracle starts from our initial weights")
    var errors = Errors()
    for (step, indices) in run.batches.enumerated() {
      let before = try run.tensors("step\(step)", layout)
      let after = try run.tensors("step\(step + 1)", layout)
      let gradient = try run.tensors("gradient\(step)", layout)
      layout.store(canonical: before, into: own.buffers.parameters)
      layout.store(canonical: before, into: ruled.buffers.parameters)
      let scale = 1 / Float(indices.count)
      let (sums, outcome, _) = own.gradients(of: indices, by: engine)
      own.update(by: engine, scale: scale, step: step + 1)
      layout.store(canonical: gradient, into: ruled.gradients)
      ruled.update(by: rule, scale: 1, step: step + 1)

      let loss = outcome.lossSum / Double(indices.count)
      #expect(abs(loss / run.losses[step] - 1) < 1e-6)
      let means = sums.map { $0 * scale }.withUnsafeBufferPointer { layout.canonical(from: $0) }
      let gradientError = relativeNorm(means, gradient)
      errors.gradient = max(errors.gradient, gradientError)
      let result = layout.canonical(from: UnsafeBufferPointer(own.buffers.parameters))
      let byRule = layout.canonical(from: UnsafeBufferPointer(ruled.buffers.parameters))
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
    // Decay is a multiplication of its own in PyTorch, rounded on the way.
    #expect(errors.updateByRule < (optimizer.weightDecay == 0 ? 2e-6 : 1e-5))
    if showsFigures { print("\(name): \(errors)") }
    return errors
  }

  private func difference(_ values: [Float], _ others: [Float]) -> [Float] {
    zip(values, others).map { $0 - $1 }
  }
}
