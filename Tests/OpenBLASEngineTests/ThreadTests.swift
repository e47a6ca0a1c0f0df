import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Parts of a batch on several threads.
@Suite struct ThreadTests {
  private static func gradients(
    _ model: Model, samples: Int, threads: Int
  ) -> (values: [Float], outcome: BatchOutcome, ranges: [Range<Int>]) {
    let replica = Replica(model: model, count: samples)
    let engine = OpenBLASEngine(
      model: model, optimizer: Optimizer(kind: .sgd), threads: threads)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: samples)
    return replica.gradients(of: (0..<samples).map { Int32($0) }, by: engine)
  }

  /// Includes more threads than samples, where some parts are empty.
  @Test(arguments: [2, 3, 4, 7], [1, 5, 16])
  func gradientsAreThoseOfOneThread(threads: Int, samples: Int) throws {
    for model in [
      try Model.cnn(height: 12, width: 11, classes: 10),
      try Model.mlp(hidden: [40, 20], height: 12, width: 11, classes: 10),
      try Model.cnn(height: 12, width: 11, channels: 3, classes: 10),
    ] {
      let one = Self.gradients(model, samples: samples, threads: 1)
      let several = Self.gradients(model, samples: samples, threads: threads)
      #expect(relativeNorm(several.values, one.values) < 2e-6)
      #expect(several.outcome.correct == one.outcome.correct)
      #expect(abs(several.outcome.lossSum - one.outcome.lossSum) < 1e-5 * one.outcome.lossSum)
      #expect(several.ranges == [0..<one.values.count])
    }
  }

  @Test(arguments: [2, 3])
  func theSameThreadsGiveTheSameBits(threads: Int) throws {
    let model = try Model.cnn(height: 12, width: 12, classes: 10)
    let first = Self.gradients(model, samples: 13, threads: threads)
    for _ in 0..<20 {
      #expect(Self.gradients(model, samples: 13, threads: threads).values == first.values)
    }
  }

  @Test(arguments: [2, 5])
  func evaluationAndUpdateAreThoseOfOneThread(threads: Int) throws {
    let model = try Model.mlp(hidden: [33], height: 9, width: 9, classes: 10)
    let optimizer = Optimizer(kind: .adam, weightDecay: 0.01)
    let results = [1, threads].map { threads in
      let replica = Replica(model: model, optimizer: optimizer, count: 150)
      let engine = OpenBLASEngine(model: model, optimizer: optimizer, threads: threads)
      engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 150)
      for index in 0..<replica.layout.count {
        replica.gradients[index] = Float(index % 17) / 100 - 0.08
      }
      replica.update(by: engine, scale: 0.5, step: 1)
      return (replica.parameters, engine.evaluate(replica.samples))
    }
    #expect(results[0].0 == results[1].0)
    #expect(results[0].1.correct == results[1].1.correct)
    #expect(abs(results[0].1.lossSum - results[1].1.lossSum) < 1e-4)
  }
}
