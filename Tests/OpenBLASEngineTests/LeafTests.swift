import NeuralNetwork
import OpenBLASEngine
import TestSupport
import Testing

/// Leaves of a batch: correct sums, and the same bits for any number of engines and threads.
@Suite struct LeafTests {
  private static let samples = 40
  /// Uneven leaves, and two without a sample.
  private static let leaves: [[Int32]] = [
    [0, 7, 9], [1], [], [2, 3, 4, 5, 6], [8, 39, 11, 12], [10], [], [13, 20, 21, 22, 23, 24, 25],
  ]

  /// The sums of a share with their nodes, and the outcome of each of its leaves.
  private static func sums(
    _ model: Model, of owned: some Sequence<Int>, threads: Int
  ) -> [(node: SumTree.Node, values: [Float], outcomes: [BatchOutcome])] {
    let replica = Replica(model: model, count: samples)
    let engine = OpenBLASEngine(model: model, optimizer: Optimizer(kind: .sgd), threads: threads)
    engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: samples)
    let share = LeafShare(owned, of: SumTree(leafCount: leaves.count))
    engine.take(share, largestLeaf: 7)
    let memory = share.leaves.map { leaf in
      let indices = UnsafeMutableBufferPointer<Int32>.allocate(capacity: leaves[leaf].count)
      _ = indices.initialize(from: leaves[leaf])
      return indices
    }
    let targets = share.sums.map { _ in
      let target = UnsafeMutableBufferPointer<Float>.allocate(capacity: replica.layout.count)
      target.initialize(repeating: .nan)
      return target
    }
    defer {
      memory.forEach { $0.deallocate() }
      targets.forEach { $0.deallocate() }
    }
    var outcomes: [BatchOutcome] = []
    _ = engine.computeGradients(
      ofLeaves: memory.map { UnsafeBufferPointer($0) }, into: targets, outcomes: &outcomes)
    #expect(outcomes.count == share.leaves.count)
    return zip(share.sums, targets).map { ($0, Array($1), outcomes) }
  }

  private static func models() throws -> [Model] {
    [
      try Model.cnn(height: 12, width: 11, classes: 10),
      try Model.mlp(hidden: [40, 20], height: 12, width: 11, classes: 10),
      try Model.cnn(height: 12, width: 11, channels: 3, classes: 10),
    ]
  }

  /// The same bits on one thread, on several threads, and with several engines.
  @Test(arguments: [1, 2, 3, 5, 8], [1, 2, 3, 11])
  func theBitsDependOnTheLeavesAlone(owners: Int, threads: Int) throws {
    for model in try Self.models() {
      let one = try #require(Self.sums(model, of: 0..<8, threads: 1).first?.values)
      var parts: [SumTree.Node: [Float]] = [:]
      for owner in 0..<owners {
        for sum in Self.sums(
          model, of: stride(from: owner, to: 8, by: owners), threads: threads)
        {
          parts[sum.node] = sum.values
        }
      }
      let several = SumTree(leafCount: 8).total(parts) { zip($0, $1).map(+) }
      #expect(zip(one, several).allSatisfy { $0.bitPattern == $1.bitPattern })
    }
  }

  @Test func theSumIsThatOfTheReference() throws {
    for model in try Self.models() {
      let replica = Replica(model: model, count: Self.samples)
      let reference = ReferenceEngine(model: model, optimizer: Optimizer(kind: .sgd))
      reference.attach(
        samples: replica.samples, buffers: replica.buffers, largestBatch: Self.samples)
      let wanted = replica.gradients(of: Self.leaves.flatMap { $0 }, by: reference)
      let found = try #require(Self.sums(model, of: 0..<8, threads: 2).first)
      #expect(relativeNorm(found.values, wanted.values) < 5e-6)
      #expect(found.outcomes.reduce(0) { $0 + $1.correct } == wanted.outcome.correct)
      let loss = found.outcomes.reduce(0) { $0 + $1.lossSum }
      #expect(abs(loss - wanted.outcome.lossSum) < 1e-5 * wanted.outcome.lossSum)
    }
  }

  @Test(arguments: [1, 2, 5])
  func evaluationDependsOnTheSetAlone(threads: Int) throws {
    for model in try Self.models() {
      let replica = Replica(model: model, count: 150)
      let engine = OpenBLASEngine(
        model: model, optimizer: Optimizer(kind: .sgd), threads: threads)
      engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 10)
      let whole = replica.samples
      let size = whole.shape.count
      let sets = [0..<70, 70..<71, 71..<71, 71..<150].map { range in
        Samples(
          images: UnsafeBufferPointer(
            rebasing: whole.images[(range.lowerBound * size)..<(range.upperBound * size)]),
          labels: UnsafeBufferPointer(rebasing: whole.labels[range]), height: whole.height,
          width: whole.width, means: whole.means, deviations: whole.deviations)
      }
      let together = engine.evaluate(each: sets)
      #expect(together == sets.map { engine.evaluate(each: [$0])[0] })
      #expect(together[2] == EvaluationOutcome())
      #expect(together.reduce(0) { $0 + $1.correct } == engine.evaluate(whole).correct)
    }
  }
}
