import MessagePassing
import NeuralNetwork
import OpenBLASEngine
import TestSupport

/// The engine in a process of its own: OpenBLAS's thread count must not change under other callers.
enum EngineChecks {
  /// Two threads find the gradients that one finds.
  static func checkThreads(_ world: Communicator, _ findings: inout Findings) throws {
    let model = try Model.cnn(height: 28, width: 28, classes: 10)
    let replica = Replica(model: model, count: 8)
    let engine = OpenBLASEngine(model: model, optimizer: Optimizer(kind: .sgd))
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 8)
    var gradients: [[Float]] = []
    for threads in 1...2 {
      findings.expect(BLAS.setThreads(threads), equals: threads, "threads")
      gradients.append(replica.gradients(of: Array(0..<8), by: engine).values)
    }
    let error = relativeNorm(gradients[1], gradients[0])
    findings.expect(error < 2e-6, "gradients of two threads are \(error) away from one thread's")
  }
}
