import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// The contract of every engine, for any model: sums, overwriting, announced ranges.
struct EngineContractTests {
  private func attached(_ model: Model, count: Int) -> (Replica, OpenBLASEngine) {
    let optimizer = Optimizer(kind: .sgd)
    let replica = Replica(model: model, optimizer: optimizer, count: count)
    let engine = OpenBLASEngine(model: model, optimizer: optimizer)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: count)
    return (replica, engine)
  }

  private func checkSums(_ model: Model, batch: Int) {
    let (replica, engine) = attached(model, count: 64)
    let indices = (0..<batch).map { Int32(($0 * 37 + 5) % 64) }
    let all = replica.gradients(of: indices, by: engine)
    var sums = [Double](repeating: 0, count: all.values.count)
    var loss = 0.0
    var correct = 0
    for index in indices {
      let (values, outcome, _) = replica.gradients(of: [index], by: engine)
      for index in sums.indices { sums[index] += Double(values[index]) }
      loss += outcome.lossSum
      correct += outcome.correct
    }
    #expect(relativeNorm(all.values, sums.map { Float($0) }) < 2e-6)
    #expect(abs(all.outcome.lossSum - loss) <= 1e-6 * loss)
    #expect(all.outcome.correct == correct)
    #expect(
      replica.gradients(of: indices, by: engine).values == all.values, "overwrites, never adds")
  }

  @Test(arguments: SmallModel.all, [0, 1, 5, 64])
  func gradientsAreSumsOverSamples(small: SmallModel, batch: Int) throws {
    try checkSums(small.make(), batch: batch)
  }

  /// Batches of several blocks of windows, including blocks that span images.
  @Test(arguments: [5, 64]) func gradientsOfTheCNNAreSumsOverSamples(batch: Int) throws {
    try checkSums(Model.cnn(height: 28, width: 28, classes: 10), batch: batch)
  }

  @Test(arguments: SmallModel.all, [0, 3])
  func rangesCoverAllParametersOnceFromTheLastLayer(small: SmallModel, batch: Int) throws {
    let (replica, engine) = attached(try small.make(), count: 3)
    let ranges = replica.gradients(of: (0..<batch).map { Int32($0) }, by: engine).ranges
    var end = replica.layout.count
    for range in ranges {
      #expect(range.upperBound == end)
      end = range.lowerBound
    }
    #expect(end == 0)
    #expect(batch == 0 ? ranges.count == 1 : ranges.count == replica.layout.tensors.count / 2)
  }

  @Test func rangesAreFinalWhenTheyAreAnnounced() throws {
    let (replica, engine) = attached(try SmallModel.all[0].make(), count: 4)
    let final = replica.gradients(of: [0, 1, 2, 3], by: engine).values
    replica.gradients.update(repeating: .nan)
    [0, 1, 2, 3].withUnsafeBufferPointer { indices in
      _ = engine.computeGradients(of: indices, into: replica.gradients) { range in
        #expect(Array(replica.gradients[range]) == Array(final[range]))
      }
    }
  }

  @Test func anEmptyBatchGivesZeros() throws {
    let (replica, engine) = attached(try SmallModel.all[0].make(), count: 4)
    _ = replica.gradients(of: [0, 1], by: engine)
    let empty = replica.gradients(of: [], by: engine)
    #expect(empty.values.allSatisfy { $0 == 0 })
    #expect(empty.outcome.lossSum == 0 && empty.outcome.correct == 0)
  }

  @Test func aBrokenParameterShowsInTheLoss() throws {
    let (replica, engine) = attached(
      try Model.mlp(hidden: [6], height: 4, width: 4, classes: 3), count: 4)
    replica.buffers.parameters[3] = .nan
    #expect(replica.gradients(of: [0, 1], by: engine).outcome.lossSum.isNaN)
  }
}
