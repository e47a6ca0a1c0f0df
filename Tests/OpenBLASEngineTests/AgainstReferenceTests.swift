import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// The fast engine against the reference engine, which computes in double precision.
struct AgainstReferenceTests {
  /// Two replicas with the same samples and parameters, one for an engine of each kind.
  private struct Pair {
    let reference: (replica: Replica, engine: ReferenceEngine)
    let fast: (replica: Replica, engine: OpenBLASEngine)

    init(_ model: Model, _ optimizer: Optimizer = Optimizer(kind: .sgd), count: Int) {
      reference = (
        Replica(model: model, optimizer: optimizer, count: count),
        ReferenceEngine(model: model, optimizer: optimizer)
      )
      fast = (
        Replica(model: model, optimizer: optimizer, count: count),
        OpenBLASEngine(model: model, optimizer: optimizer)
      )
      let (slow, quick) = (reference.replica, fast.replica)
      reference.engine.attach(samples: slow.samples, buffers: slow.buffers, largestBatch: count)
      fast.engine.attach(samples: quick.samples, buffers: quick.buffers, largestBatch: count)
    }
  }

  private func compare(_ model: Model, indices: [Int32], count: Int) {
    let pair = Pair(model, count: count)
    let wanted = pair.reference.replica.gradients(of: indices, by: pair.reference.engine)
    let got = pair.fast.replica.gradients(of: indices, by: pair.fast.engine)
    for tensor in pair.fast.replica.layout.tensors {
      let error = relativeNorm(Array(got.values[tensor.range]), Array(wanted.values[tensor.range]))
      #expect(error < 5e-6, "\(tensor.name)")
    }
    #expect(abs(got.outcome.lossSum / wanted.outcome.lossSum - 1) < 1e-6)
    #expect(got.outcome.correct == wanted.outcome.correct)

    let wantedAll = pair.reference.engine.evaluate(pair.reference.replica.samples)
    let all = pair.fast.engine.evaluate(pair.fast.replica.samples)
    #expect(abs(all.lossSum / wantedAll.lossSum - 1) < 1e-6)
    #expect(all.correct == wantedAll.correct)
  }

  @Test(arguments: SmallModel.all) func smallModelsAgree(small: SmallModel) throws {
    // 150 images are evaluated in three batches, the last one smaller.
    try compare(small.make(), indices: [4, 0, 2, 2, 149], count: 150)
  }

  @Test func theCNNAgrees() throws {
    try compare(Model.cnn(height: 28, width: 28, classes: 10), indices: [2, 0, 1], count: 3)
  }

  @Test func thePerceptronAgrees() throws {
    try compare(
      Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10), indices: [2, 0, 1],
      count: 5)
  }

  static let optimizers = [
    Optimizer(kind: .sgd), Optimizer(kind: .sgd, weightDecay: 0.01),
    Optimizer(kind: .sgd, learningRate: 0.02, momentum: 0.9, weightDecay: 0.01),
    Optimizer(kind: .adam), Optimizer(kind: .adam, learningRate: 0.01, weightDecay: 0.1),
  ]

  /// Three updates, each from the same gradients and over two ranges: parameters and state agree.
  @Test(arguments: optimizers) func updatesAgree(optimizer: Optimizer) throws {
    let pair = Pair(try SmallModel.all[0].make(), optimizer, count: 8)
    let (slow, quick) = (pair.reference.replica, pair.fast.replica)
    let count = quick.layout.count
    for step in 1...3 {
      _ = slow.gradients(of: [0, 1, 2, Int32(step)], by: pair.reference.engine)
      _ = quick.gradients.update(from: slow.gradients)
      let gradients = try #require(UnsafePointer(quick.gradients.baseAddress))
      slow.update(by: pair.reference.engine, scale: 0.25, step: step)
      pair.fast.engine.update(0..<101, from: [gradients], scale: 0.25, step: step)
      pair.fast.engine.update(101..<count, from: [gradients], scale: 0.25, step: step)
      #expect(relativeNorm(quick.parameters, slow.parameters) < 2e-7)
      // Each kind of state separately: squares of gradients are small compared with their means.
      for start in stride(from: 0, to: quick.buffers.optimizerState.count, by: count) {
        let got = Array(quick.buffers.optimizerState[start..<(start + count)])
        let wanted = Array(slow.buffers.optimizerState[start..<(start + count)])
        #expect(relativeNorm(got, wanted) < 1e-6)
      }
    }
  }

  /// Three steps of training, each engine from its own gradients.
  @Test(arguments: SmallModel.all, optimizers)
  func threeStepsOfTrainingAgree(small: SmallModel, optimizer: Optimizer) throws {
    let pair = Pair(try small.make(), optimizer, count: 12)
    let (slow, quick) = (pair.reference.replica, pair.fast.replica)
    for step in 1...3 {
      let indices = (0..<4).map { Int32(4 * (step - 1) + $0) }
      let wanted = slow.gradients(of: indices, by: pair.reference.engine).outcome
      let got = quick.gradients(of: indices, by: pair.fast.engine).outcome
      #expect(abs(got.lossSum / wanted.lossSum - 1) < 1e-5)
      slow.update(by: pair.reference.engine, scale: 0.25, step: step)
      quick.update(by: pair.fast.engine, scale: 0.25, step: step)
    }
    // adam makes a full step even for a gradient that is only rounding error.
    let bound = optimizer.kind == .adam ? 1e-4 : 1e-6
    #expect(relativeNorm(quick.parameters, slow.parameters) < bound)
  }
}
