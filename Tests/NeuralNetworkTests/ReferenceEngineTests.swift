import NeuralNetwork
import TestSupport
import Testing

/// The reference engine's gradients agree with central differences of its own loss.
struct ReferenceEngineTests {
  private func attached(_ small: SmallModel, count: Int) throws -> (Replica, ReferenceEngine) {
    let model = try small.make()
    let optimizer = Optimizer(kind: .sgd)
    let replica = Replica(model: model, optimizer: optimizer, count: count)
    let engine = ReferenceEngine(model: model, optimizer: optimizer)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: count)
    return (replica, engine)
  }

  @Test(arguments: SmallModel.all) func gradientsMatchTheLoss(small: SmallModel) throws {
    let (replica, engine) = try attached(small, count: 3)
    let gradients = replica.gradients(of: [0, 1, 2], by: engine).values
    let parameters = replica.buffers.parameters
    // A power of two, small enough not to cross a kink of ReLU or pooling.
    let step: Float = 1 / 1_048_576
    for tensor in replica.layout.tensors {
      let differences = tensor.range.map { index in
        let middle = parameters[index]
        defer { parameters[index] = middle }
        parameters[index] = middle + step
        let (above, higher) = (Double(parameters[index]), engine.evaluate(replica.samples).lossSum)
        parameters[index] = middle - step
        let (below, lower) = (Double(parameters[index]), engine.evaluate(replica.samples).lossSum)
        return Float((higher - lower) / (above - below))
      }
      let error = relativeNorm(Array(gradients[tensor.range]), differences)
      #expect(error < 1e-6, "\(tensor.name)")
      #expect(differences.contains { $0 != 0 }, "\(tensor.name) has no effect")
    }
  }

  @Test(arguments: SmallModel.all) func gradientsAreSumsOverSamples(small: SmallModel) throws {
    let (replica, engine) = try attached(small, count: 4)
    let (all, outcome, ranges) = replica.gradients(of: [0, 2, 2, 3], by: engine)
    var sums = [Float](repeating: 0, count: all.count)
    var loss = 0.0
    var correct = 0
    for sample in [0, 2, 2, 3] as [Int32] {
      let (values, single, _) = replica.gradients(of: [sample], by: engine)
      for index in sums.indices { sums[index] += values[index] }
      loss += single.lossSum
      correct += single.correct
    }
    #expect(relativeNorm(all, sums) < 1e-6)
    #expect(abs(outcome.lossSum - loss) < 1e-12 * loss)
    #expect(outcome.correct == correct)
    #expect(ranges == [0..<all.count])
    #expect(
      replica.gradients(of: [0, 2, 2, 3], by: engine).values == all, "overwrites, never adds")
  }

  @Test func anEmptyBatchGivesZeros() throws {
    let (replica, engine) = try attached(SmallModel.all[0], count: 2)
    _ = replica.gradients(of: [0, 1], by: engine)
    let (values, outcome, ranges) = replica.gradients(of: [], by: engine)
    #expect(values.allSatisfy { $0 == 0 })
    #expect(outcome == BatchOutcome())
    #expect(ranges == [0..<values.count])
  }

  /// One fully connected layer on one pixel with weights (1, -2, 0) and biases 0.
  ///
  /// The expected losses are the softmax cross-entropy, computed by hand.
  @Test func lossAndCorrectPredictionsMatchTheSoftmax() throws {
    let model = try Model(
      name: "hand", layers: [.fullyConnected(outputs: 3)], height: 1, width: 1, classes: 3)
    let optimizer = Optimizer(kind: .sgd)
    let replica = Replica(
      model: model, optimizer: optimizer, images: [255, 0], labels: [0, 1], means: [0.5],
      deviations: [0.5])
    let engine = ReferenceEngine(model: model, optimizer: optimizer)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 2)
    _ = replica.buffers.parameters.update(from: [1, -2, 0, 0, 0, 0])
    // Outputs (1, -2, 0) for the input 1, and (-1, 2, 0) for -1; both labels are the largest.
    let outcome = engine.evaluate(replica.samples)
    #expect(abs(outcome.lossSum - (0.3490122167 + 0.1698460)) < 1e-6)
    #expect(outcome.correct == 2)
  }
}
