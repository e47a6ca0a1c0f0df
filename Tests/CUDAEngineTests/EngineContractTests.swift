import CUDAEngine
import NeuralNetwork
import TestSupport
import Testing

/// The contract of `Engine` for any model: sums, overwriting, announcements.
struct EngineContractTests {
  private func attached(
    _ model: Model, count: Int, gpu: FakeGPU = .natural
  ) throws -> (Replica, CUDAEngine) {
    let optimizer = Optimizer(kind: .sgd)
    let replica = Replica(model: model, optimizer: optimizer, count: count)
    let engine = try CUDAEngine(model: model, optimizer: optimizer, on: gpu.open())
    try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: count)
    return (replica, engine)
  }

  @Test(arguments: SmallModel.all, [0, 3])
  func rangesCoverAllParametersOnceFromTheLastLayer(small: SmallModel, batch: Int) throws {
    let (replica, engine) = try attached(small.make(), count: 3)
    let ranges = replica.gradients(of: (0..<batch).map { Int32($0) }, by: engine).ranges
    var end = replica.layout.count
    for range in ranges {
      #expect(range.upperBound == end)
      end = range.lowerBound
    }
    #expect(end == 0)
    #expect(batch == 0 ? ranges.count == 1 : ranges.count == replica.layout.tensors.count / 2)
  }

  /// Announced ranges are complete, while the copies of later ranges are still outstanding.
  @Test(arguments: FakeGPU.allCases)
  func rangesAreFinalWhenTheyAreAnnounced(gpu: FakeGPU) throws {
    let (replica, engine) = try attached(SmallModel.all[0].make(), count: 4, gpu: gpu)
    let final = replica.gradients(of: [0, 1, 2, 3], by: engine).values
    replica.gradients.update(repeating: .nan)
    var early = 0
    [0, 1, 2, 3].withUnsafeBufferPointer { indices in
      _ = engine.computeGradients(of: indices, into: replica.gradients) { range in
        #expect(Array(replica.gradients[range]) == Array(final[range]))
        if range.lowerBound > 0, replica.gradients[0].isNaN { early += 1 }
      }
    }
    #expect(early == 3, "the exchange of later layers can begin before the first layer is done")
  }

  /// Large layers are announced in pieces of 1 MiB, cut at the boundaries of buckets of that size.
  @Test func largeLayersComeInPieces() throws {
    let (replica, engine) = try attached(
      Model.mlp(hidden: [400], height: 28, width: 28, classes: 3), count: 2)
    let ranges = replica.gradients(of: [0, 1], by: engine).ranges
    let hidden = 400 * 784 + 400
    #expect(
      ranges
        == [hidden..<(hidden + 1203), 262_144..<hidden, 0..<262_144].map {
          $0.clamped(to: 0..<replica.layout.count)
        })
  }

  /// Parameters may be updated while the gradients of earlier layers are still being computed.
  @Test(arguments: FakeGPU.allCases, [false, true])
  func updatesMayComeWithinAPass(gpu: FakeGPU, isResident: Bool) throws {
    let model = try SmallModel.all[0].make()
    let (early, quick) = try attached(model, count: 4, gpu: gpu)
    let (late, slow) = try attached(model, count: 4, gpu: gpu)
    let target = try isResident ? #require(quick.deviceGradients).buffer : early.gradients
    for step in 1...3 {
      [0, 1, 2, 3].withUnsafeBufferPointer { indices in
        _ = quick.computeGradients(of: indices, into: target) { range in
          guard let base = target.baseAddress else { return }
          quick.update(range, from: [UnsafePointer(base)], scale: 0.25, step: step)
        }
      }
      early.gradients.update(repeating: .nan)
      _ = late.gradients(of: [0, 1, 2, 3], by: slow)
      late.update(by: slow, scale: 0.25, step: step)
    }
    for engine in [quick, slow] {
      engine.publishParameters()
      try engine.checkDevice()
    }
    #expect(early.parameters == late.parameters)
  }

  /// Gradients kept on the device equal those copied to the host, and the host can write them.
  @Test func gradientsCanStayOnTheDevice() throws {
    let (replica, engine) = try attached(SmallModel.all[0].make(), count: 4)
    let wanted = replica.gradients(of: [0, 2], by: engine).values
    let device = try #require(engine.deviceGradients)
    #expect(device.buffer.count == wanted.count)
    try device.write(wanted.map { _ in .nan })
    var ranges: [Range<Int>] = []
    [0, 2].withUnsafeBufferPointer { indices in
      _ = engine.computeGradients(of: indices, into: device.buffer) { ranges.append($0) }
    }
    #expect(try device.read(wanted.count) == wanted)
    #expect(ranges.reduce(0) { $0 + $1.count } == wanted.count)
    _ = engine.computeGradients(
      of: UnsafeBufferPointer(start: nil, count: 0), into: device.buffer, onReady: { _ in })
    #expect(try device.read(wanted.count).allSatisfy { $0 == 0 })
    try engine.checkDevice()
  }

  /// Gradients arrive even if memory cannot be locked, here because another engine has locked it.
  @Test func memoryThatCannotBeLockedIsReachedByACopy() throws {
    let model = try SmallModel.all[0].make()
    let (replica, first) = try attached(model, count: 4)
    let wanted = replica.gradients(of: [0, 1], by: first).values
    let second = try CUDAEngine(
      model: model, optimizer: Optimizer(kind: .sgd), on: FakeGPU.natural.open())
    try second.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 4)
    replica.gradients.update(repeating: .nan)
    #expect(replica.gradients(of: [0, 1], by: second).values == wanted)
    try second.checkDevice()
    withExtendedLifetime(first) {}
  }

  @Test func anEmptyBatchGivesZeros() throws {
    let (replica, engine) = try attached(SmallModel.all[0].make(), count: 4)
    _ = replica.gradients(of: [0, 1], by: engine)
    let empty = replica.gradients(of: [], by: engine)
    #expect(empty.values.allSatisfy { $0 == 0 })
    #expect(empty.outcome == BatchOutcome())
  }

  /// The same calls give the same bits, in whatever order the blocks of a kernel end.
  @Test func repetitionGivesTheSameBits() throws {
    let model = try Model(
      text: "conv3x3:8,relu,maxpool2,fc:40,relu,fc:classes", height: 10, width: 10, classes: 10)
    var results: [[Float]] = []
    for gpu in FakeGPU.allCases {
      let (replica, engine) = try attached(model, count: 60, gpu: gpu)
      let indices = (0..<60).map { Int32($0) }
      results.append(replica.gradients(of: indices, by: engine).values)
      _ = replica.gradients(of: [5], by: engine)
      results.append(replica.gradients(of: indices, by: engine).values)
    }
    #expect(results.allSatisfy { $0 == results[0] })
  }

  @Test func aBrokenParameterShowsInTheLoss() throws {
    let (replica, engine) = try attached(
      Model.mlp(hidden: [6], height: 4, width: 4, classes: 3), count: 4)
    replica.buffers.parameters[3] = .nan
    engine.adoptParameters()
    #expect(replica.gradients(of: [0, 1], by: engine).outcome.lossSum.isNaN)
    try engine.checkDevice()
  }

  /// `adoptParameters` copies the host's parameters to the device, `publishParameters` back.
  @Test func parametersGoThereAndBack() throws {
    let (replica, engine) = try attached(SmallModel.all[0].make(), count: 4)
    let before = replica.parameters
    _ = replica.gradients(of: [0, 1], by: engine)
    replica.update(by: engine, scale: 0.5, step: 1)
    #expect(replica.parameters == before, "not published yet")
    engine.publishParameters()
    let after = replica.parameters
    #expect(after != before)
    _ = replica.buffers.parameters.update(fromContentsOf: before)
    engine.adoptParameters()
    replica.update(by: engine, scale: 0.5, step: 1)
    engine.publishParameters()
    #expect(replica.parameters == after)
  }

  /// A second attachment replaces the first, with its samples and its sizes.
  @Test func anEngineCanBeAttachedAnew() throws {
    let model = try SmallModel.all[0].make()
    let (first, engine) = try attached(model, count: 3)
    _ = first.gradients(of: [0, 1, 2], by: engine)
    let second = Replica(model: model, count: 9, seed: 5)
    try engine.attach(samples: second.samples, buffers: second.buffers, largestBatch: 9)
    let reference = ReferenceEngine(model: model, optimizer: Optimizer(kind: .sgd))
    let twin = Replica(model: model, count: 9, seed: 5)
    reference.attach(samples: twin.samples, buffers: twin.buffers, largestBatch: 9)
    let indices: [Int32] = [8, 0, 4, 4, 1]
    let got = second.gradients(of: indices, by: engine).values
    #expect(relativeNorm(got, twin.gradients(of: indices, by: reference).values) < 5e-6)
  }
}
