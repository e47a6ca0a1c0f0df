import DataParallel
import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import TestSupport

/// Ten steps of adam on all ranks, compared with PyTorch, for every gradient exchange method.
///
/// Each step starts from the oracle's own parameters. `AdamOracleTests` covers a single rank.
enum OracleChecks {
  static func check(_ world: Communicator, _ findings: inout Findings) throws {
    for name in ["adam-cnn", "adam-mlp", "adamw-mlp"] {
      let run = try OracleRun(
        try SafetensorsFile(path: "\(Repository.oracle)/\(name).safetensors"),
        isConvolutional: name.hasSuffix("cnn"))
      let optimizer = Optimizer(kind: .adam, weightDecay: name.contains("adamw") ? 0.01 : 0)
      for method in SyncMethod.onCPU {
        let error = try largestError(world, run, optimizer, method)
        findings.expect(error < 1e-6, "\(name), \(method): parameters off by \(error)")
      }
    }
  }

  /// Returns the relative norm of the difference in parameters after a step, the largest of all.
  private static func largestError(
    _ world: Communicator, _ run: OracleRun, _ optimizer: Optimizer, _ method: SyncMethod
  ) throws -> Double {
    let layout = ParameterLayout(of: run.model)
    let samples = run.replica(optimizer)
    let sync = try method.make(
      over: world, node: try world.splitByNode(), count: layout.count,
      statesPerParameter: optimizer.statesPerParameter)
    let engine = OpenBLASEngine(model: run.model, optimizer: optimizer)
    engine.attach(samples: samples.samples, buffers: sync.replica.buffers, largestBatch: 64)
    let timeline = StepTimeline(
      steps: run.batches.count, synchronisationPoints: sync.synchronisationPoints)
    var largest = 0.0
    for (step, batch) in run.batches.enumerated() {
      // All ranks write the same values to shared parameters, at a time when no rank reads them.
      try world.barrier()
      layout.store(
        canonical: try run.tensors("step\(step)", layout), into: sync.replica.parameters)
      try world.barrier()
      let local = batch.indices.filter { $0 % world.size == world.rank }.map { batch[$0] }
      _ = local.withUnsafeBufferPointer {
        engine.computeGradients(of: $0, into: sync.replica.gradients, onReady: { _ in })
      }
      try sync.finish(
        StepUpdate(engine: engine, scale: 1 / Float(batch.count), step: step + 1), arrival: 0,
        timeline)
      let result = layout.canonical(from: UnsafeBufferPointer(sync.replica.parameters))
      let wanted = try run.tensors("step\(step + 1)", layout)
      largest = max(largest, TrainerChecks.distance(result, wanted))
    }
    try world.barrier()
    try sync.close()
    return largest
  }
}
