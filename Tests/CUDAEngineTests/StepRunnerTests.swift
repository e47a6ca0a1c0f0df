import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Whole steps on the device, many in one call, compared with the same steps one by one.
struct StepRunnerTests {
  /// The numbers of kernels that the README of CUDAEngine states.
  @Test(arguments: [("cnn", 13), ("mlp", 10)])
  func aStepHasFewKernels(name: String, kernels: Int) throws {
    let model =
      try name == "cnn"
      ? Model.cnn(height: 28, width: 28, classes: 10)
      : Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    let replica = Replica(model: model, optimizer: Optimizer(kind: .adam), count: 1)
    let engine = try CUDAEngine(
      model: model, optimizer: Optimizer(kind: .adam), on: FakeGPU.natural.open())
    try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 1)
    #expect(try engine.kernelsOfStep() == kernels)
  }

  /// Enough steps for graphs of 16 steps, with a remainder and a smaller last batch.
  @Test(
    arguments: [Optimizer(kind: .adam, weightDecay: 0.01), Optimizer(kind: .sgd, momentum: 0.9)],
    FakeGPU.allCases)
  func manyStepsAreThoseOneByOne(optimizer: Optimizer, gpu: FakeGPU) throws {
    var optimizer = optimizer
    optimizer.schedule = .oneCycle
    optimizer.scheduledSteps = 40
    let model = try Model(
      text: "conv3x3:4,relu,maxpool2,fc:9,relu,fc:classes", height: 8, width: 8, classes: 3)
    let device = try gpu.open()
    let one = Replica(model: model, optimizer: optimizer, count: 30)
    let many = Replica(model: model, optimizer: optimizer, count: 30)
    let engines = try [one, many].map { replica in
      let engine = try CUDAEngine(model: model, optimizer: optimizer, on: device)
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 6)
      return engine
    }
    // 37 steps of 6 samples and one of 2, in calls of 20 and 18 steps: two graphs of 16 steps, five
    // of one step, and one of another batch size.
    let batches = (0..<38).map { step in
      (0..<(step == 37 ? 2 : 6)).map { Int32((step * 7 + $0 * 5) % 30) }
    }
    var wanted: [BatchOutcome] = []
    for (step, batch) in batches.enumerated() {
      wanted.append(one.gradients(of: batch, by: engines[0]).outcome)
      one.update(by: engines[0], scale: 1 / Float(batch.count), step: step + 1)
    }
    let flat = batches.flatMap { $0 }
    let got = flat.withUnsafeBufferPointer { flat in
      var start = 0
      let parts = batches.map { batch in
        defer { start += batch.count }
        return UnsafeBufferPointer(rebasing: flat[start..<(start + batch.count)])
      }
      let first = engines[1].runSteps(Array(parts[..<20]), firstStep: 1)
      return first + engines[1].runSteps(Array(parts[20...]), firstStep: 21)
    }
    for engine in engines {
      try engine.checkDevice()
      engine.publishParameters()
    }
    #expect(got.map(\.lossSum) == wanted.map(\.lossSum))
    #expect(got.map(\.correct) == wanted.map(\.correct))
    #expect(many.parameters == one.parameters)
    #expect(Array(many.buffers.optimizerState) == Array(one.buffers.optimizerState))
    #expect(engines[1].evaluate(many.samples) == engines[0].evaluate(one.samples))
  }
}
