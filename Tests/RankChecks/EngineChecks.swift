import DataParallel
import Dataset
import MessagePassing
import NeuralNetwork
import OpenBLASEngine

/// The engine in a process of its own: OpenBLAS's thread count must not change under other callers.
enum EngineChecks {
  /// Two threads find the weights that one finds.
  static func checkThreads(_ world: Communicator, _ findings: inout Findings) throws {
    var weights: [[Float]] = []
    for threads in 1...2 {
      findings.expect(BLAS.setThreads(threads), equals: threads, "threads")
      let data = try Scatter.distribute(over: world, virtualShards: 840) {
        try DataSource.synthetic.read(limit: 40, seed: 3)
      }
      let model = try Model.cnn(height: 28, width: 28, classes: 10)
      let optimizer = Optimizer(kind: .sgd)
      let trainer = try Trainer(
        communicator: world, data: data, model: model, optimizer: optimizer,
        engine: OpenBLASEngine(model: model, optimizer: optimizer),
        plan: TrainingPlan(globalBatch: 20, epochs: 1, steps: 2, seed: 1))
      _ = try trainer.run { _ in }
      weights.append(trainer.finalWeights())
    }
    let largest = zip(weights[0], weights[1]).map { abs($0 - $1) }.max() ?? 0
    findings.expect(largest < 1e-6, "weights differ by \(largest)")
  }
}
