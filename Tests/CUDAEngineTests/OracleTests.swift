import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Training steps, compared with PyTorch's; see Tests/Oracle/README.md.
struct OracleTests {
  /// Steps of sgd on images of three channels.
  @Test(arguments: ColourOracleRun.names) func colourStepsAreThoseOfPyTorch(name: String) throws {
    let run = try ColourOracleRun(name)
    let engine = try CUDAEngine(
      model: run.model, optimizer: run.optimizer, on: FakeGPU.natural.open())
    let errors = try run.errors(of: engine) { replica in
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 32)
    }
    #expect(errors.loss < 1e-4)
    #expect(errors.gradient < 1e-5)
  }

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

  /// The first steps of sgd on MNIST, with the full-size networks.
  @Test(arguments: [("mlp/sgd-momentum", 4), ("cnn/sgd", 2)])
  func sgdLossesAreThoseOfPyTorch(name: String, steps: Int) throws {
    let run = try SGDOracleRun(name)
    // Only these batches' samples are needed.
    let replica = run.replica(of: run.batches.prefix(steps).flatMap { $0 })
    let engine = try CUDAEngine(
      model: run.model, optimizer: run.optimizer, on: FakeGPU.natural.open())
    try engine.attach(
      samples: replica.samples, buffers: replica.buffers, largestBatch: run.batchSize)
    for step in 0..<steps {
      let indices = (0..<run.batchSize).map { Int32(step * run.batchSize + $0) }
      let outcome = replica.gradients(of: indices, by: engine).outcome
      replica.update(by: engine, scale: 1 / Float(run.batchSize), step: step + 1)
      try engine.checkDevice()
      #expect(abs(outcome.lossSum / Double(run.batchSize) / run.losses[step] - 1) < 1e-5)
    }
  }
}
