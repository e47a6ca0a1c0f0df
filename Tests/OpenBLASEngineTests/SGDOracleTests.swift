import OpenBLASEngine
import TestSupport
import Testing

/// Fifty steps of sgd on MNIST against an independent PyTorch run in double precision.
///
/// See Tests/Oracle/README.md.
struct SGDOracleTests {
  /// Compares the losses of the first steps of each run.
  ///
  /// The number of steps is that for which PyTorch's own single-precision run stays ten times
  /// closer than the bound. At the cnn's rate of 0.05, rounding alone moves the losses by 1e-4
  /// after 30 steps.
  @Test(arguments: [
    ("mlp/sgd", 50, 1e-5), ("mlp/sgd-momentum", 25, 1e-5), ("cnn/sgd-small", 50, 1e-4),
    ("cnn/sgd", 20, 1e-4), ("cnn/sgd-momentum", 30, 1e-4),
  ])
  func lossesAreThoseOfPyTorch(name: String, steps: Int, bound: Double) throws {
    let run = try SGDOracleRun(name)
    #expect(run.losses.count == 50)
    #expect(run.trainingCount == run.samples)
    let engine = OpenBLASEngine(model: run.model, optimizer: run.optimizer)
    let worst = run.largestLossError(of: engine, steps: steps)
    #expect(worst < bound)
    if showsFigures { print("\(name): losses of \(steps) steps within \(worst)") }
  }
}

extension SGDOracleRun {
  /// Trains for `steps` steps; returns the largest relative difference between a step's loss and
  /// PyTorch's.
  func largestLossError(of engine: OpenBLASEngine, steps: Int) -> Double {
    let replica = replica()
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: batchSize)
    var worst = 0.0
    for (step, (indices, wanted)) in zip(batches, losses).prefix(steps).enumerated() {
      let outcome = replica.gradients(of: indices, by: engine).outcome
      #expect(outcome.lossSum.isFinite)
      worst = max(worst, abs(outcome.lossSum / Double(indices.count) / wanted - 1))
      replica.update(by: engine, scale: 1 / Float(indices.count), step: step + 1)
    }
    return worst
  }
}
