import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// Whole passes and steps on the device, compared with the reference engine (double precision).
struct AgainstReferenceTests {
  @Test(arguments: SmallModel.all, FakeGPU.allCases)
  func smallModelsAgree(small: SmallModel, gpu: FakeGPU) throws {
    let pair = try EnginePair(small.make(), count: 37, on: gpu.open())
    try pair.compareGradients(of: [4, 0, 2, 2, 36])
    // A smaller batch, then a larger one: no values of an earlier batch may remain.
    try pair.compareGradients(of: [7])
    try pair.compareGradients(of: (0..<37).map { Int32($0) })
    try pair.compareEvaluation()
  }

  @Test func theCNNAgrees() throws {
    let model = try Model.cnn(height: 28, width: 28, classes: 10)
    let pair = try EnginePair(model, count: 3, on: FakeGPU.natural.open())
    try pair.compareGradients(of: [2, 0])
    try pair.compareEvaluation()
  }

  @Test func thePerceptronAgrees() throws {
    let model = try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    let pair = try EnginePair(model, count: 5, on: FakeGPU.shuffled.open())
    try pair.compareGradients(of: [2, 0, 1])
    try pair.compareEvaluation()
  }

  /// Last layers that the kernel `head` computes with the loss, and some above its size limits.
  ///
  /// Aligned or not; as the first layer, after a ReLU, after a pooling.
  static let lastLayers: [(text: String, width: Int, classes: Int)] = [
    ("fc:classes", 7, 10), ("fc:classes", 128, 16), ("fc:classes", 128, 17),
    ("fc:classes", 129, 5), ("fc:68,relu,fc:classes", 8, 10), ("fc:67,relu,fc:classes", 8, 2),
    ("fc:132,fc:classes", 8, 3), ("conv2x2:5,relu,maxpool2,fc:classes", 9, 10),
  ]

  @Test(arguments: lastLayers, FakeGPU.allCases)
  func lastLayersAgree(last: (text: String, width: Int, classes: Int), gpu: FakeGPU) throws {
    let model = try Model(text: last.text, height: 8, width: last.width, classes: last.classes)
    let pair = try EnginePair(model, count: 11, on: gpu.open())
    try pair.compareGradients(of: [4, 0, 10])
    try pair.compareGradients(of: (0..<11).map { Int32($0) })
  }

  /// More samples than one piece of an evaluation has.
  @Test func evaluationGoesPieceByPiece() throws {
    let model = try Model.mlp(hidden: [6], height: 3, width: 5, classes: 4)
    let pair = try EnginePair(model, count: 1100, on: FakeGPU.reversed.open(), largestBatch: 2)
    try pair.compareEvaluation()
    try pair.compareGradients(of: [1099, 3])
    try pair.compareEvaluation()
  }

  /// All outputs of the convolution are equal: the gradient goes to the first of each window.
  ///
  /// With a pooling that is part of the convolution's kernel, and with one that is not.
  @Test(arguments: ["maxpool2", "maxpool3"])
  func ofEqualValuesTheFirstWins(pooling: String) throws {
    let model = try Model(
      text: "conv2x2:3,\(pooling),fc:classes", height: 8, width: 9, classes: 3)
    let pair = try EnginePair(model, count: 4, on: FakeGPU.natural.open())
    for replica in [pair.slow, pair.quick] {
      for index in 0..<12 { replica.buffers.parameters[index] = 0 }
    }
    pair.engine.adoptParameters()
    try pair.compareGradients(of: [0, 1, 2, 3])
  }

  static let optimizers = [
    Optimizer(kind: .sgd), Optimizer(kind: .sgd, weightDecay: 0.01),
    Optimizer(kind: .sgd, learningRate: 0.02, momentum: 0.9, weightDecay: 0.01),
    Optimizer(kind: .adam), Optimizer(kind: .adam, learningRate: 0.01, weightDecay: 0.1),
  ]

  /// Three steps, each from the same gradients: parameters and optimizer state agree.
  ///
  /// The gradients are the sum of two sources, and the ranges begin at unaligned positions.
  @Test(arguments: optimizers, FakeGPU.allCases)
  func updatesAgree(optimizer: Optimizer, gpu: FakeGPU) throws {
    let pair = try EnginePair(SmallModel.all[0].make(), optimizer, count: 8, on: gpu.open())
    let (slow, quick) = (pair.slow, pair.quick)
    let count = quick.layout.count
    let secondSource = UnsafeMutableBufferPointer<Float>.allocate(capacity: count)
    defer { secondSource.deallocate() }
    for step in 1...3 {
      _ = slow.gradients(of: [0, 1, 2, Int32(step)], by: pair.reference)
      for index in 0..<count {
        secondSource[index] = slow.gradients[index] / 4
        quick.gradients[index] = slow.gradients[index] - secondSource[index]
      }
      let first = try #require(UnsafePointer(quick.gradients.baseAddress))
      let second = try #require(UnsafePointer(secondSource.baseAddress))
      slow.update(by: pair.reference, scale: 0.25, step: step)
      pair.engine.update(0..<101, from: [first, second], scale: 0.25, step: step)
      pair.engine.update(101..<count, from: [second, first], scale: 0.25, step: step)
      // The caller may change both sources as soon as `update` returns.
      quick.gradients.update(repeating: .nan)
      secondSource.update(repeating: .nan)
      pair.engine.publishParameters()
      try pair.engine.checkDevice()
      #expect(relativeNorm(quick.parameters, slow.parameters) < 2e-7)
      // Each kind of state separately: means of squared gradients are small compared with means.
      for start in stride(from: 0, to: quick.buffers.optimizerState.count, by: count) {
        let got = Array(quick.buffers.optimizerState[start..<(start + count)])
        let wanted = Array(slow.buffers.optimizerState[start..<(start + count)])
        #expect(relativeNorm(got, wanted) < 1e-6)
      }
    }
  }

  /// The engine gets only part of the optimizer state, as with ranks that share parameters.
  @Test func aPartOfTheStateIsEnoughForAPartOfTheParameters() throws {
    let model = try SmallModel.all[5].make()
    let optimizer = Optimizer(kind: .adam)
    let whole = Replica(model: model, optimizer: optimizer, count: 4)
    let part = Replica(model: model, optimizer: optimizer, count: 4)
    let gpu = try FakeGPU.natural.open()
    let own = 20..<51
    let buffers = ModelBuffers(
      parameters: part.buffers.parameters,
      optimizerState: UnsafeMutableBufferPointer(
        rebasing: part.buffers.optimizerState[..<(2 * own.count)]), stateRange: own)
    let one = try CUDAEngine(model: model, optimizer: optimizer, on: gpu)
    let two = try CUDAEngine(model: model, optimizer: optimizer, on: gpu)
    try one.attach(samples: whole.samples, buffers: whole.buffers, largestBatch: 4)
    try two.attach(samples: part.samples, buffers: buffers, largestBatch: 4)
    for step in 1...2 {
      _ = whole.gradients(of: [0, 1, 2], by: one)
      let gradients = try #require(UnsafePointer(whole.gradients.baseAddress))
      one.update(own, from: [gradients], scale: 0.5, step: step)
      two.update(own, from: [gradients], scale: 0.5, step: step)
      one.publishParameters()
      two.publishParameters()
      #expect(whole.parameters == part.parameters)
    }
  }

  /// A `GradientSum` with a tree is added up, although only ranks on the CPU make such sums.
  @Test func aTreeOfGradientsIsAddedUp() throws {
    let optimizer = Optimizer(kind: .sgd, learningRate: 1)
    let pair = try EnginePair(
      SmallModel.all[5].make(), optimizer, count: 4, on: FakeGPU.natural.open())
    let (before, count) = (pair.quick.parameters, pair.quick.layout.count)
    let sources = (0..<4).map { number in
      let source = UnsafeMutablePointer<Float>.allocate(capacity: count)
      source.initialize(repeating: Float(number + 1), count: count)
      return source
    }
    defer { for source in sources { source.deallocate() } }
    let tree = SumTree(leafCount: 4)
    let sum = GradientSum(
      tree, of: sources.enumerated().map { (.leaf($0), UnsafePointer($1)) })
    pair.engine.update(0..<count, from: sum, scale: 0.5, step: 1)
    pair.engine.publishParameters()
    #expect(pair.quick.parameters == before.map { $0 - 5 })
  }

  /// Three steps of training, in which each engine uses the gradients that it computed.
  @Test(arguments: SmallModel.all, optimizers)
  func threeStepsOfTrainingAgree(small: SmallModel, optimizer: Optimizer) throws {
    let pair = try EnginePair(small.make(), optimizer, count: 12, on: FakeGPU.shuffled.open())
    for step in 1...3 {
      let indices = (0..<4).map { Int32(4 * (step - 1) + $0) }
      let wanted = pair.slow.gradients(of: indices, by: pair.reference).outcome
      let got = pair.quick.gradients(of: indices, by: pair.engine).outcome
      #expect(abs(got.lossSum / wanted.lossSum - 1) < 1e-5)
      pair.slow.update(by: pair.reference, scale: 0.25, step: step)
      pair.quick.update(by: pair.engine, scale: 0.25, step: step)
    }
    pair.engine.publishParameters()
    try pair.engine.checkDevice()
    // adam makes a full step even if a gradient is nothing but rounding error.
    let bound = optimizer.kind == .adam ? 1e-4 : 1e-6
    #expect(relativeNorm(pair.quick.parameters, pair.slow.parameters) < bound)
  }
}
