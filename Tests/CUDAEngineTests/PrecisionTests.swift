import CUDAEngine
import Foundation
import NeuralNetwork
import TestSupport
import Testing

/// Products by tensor instructions: factors are rounded, and nothing else is.
struct PrecisionTests {
  /// One full layer in double precision, with factors rounded as the device rounds them.
  private struct Twin {
    let classes: Int
    let rounded: (Float) -> Double

    /// Gradients of weights and biases, and the summed loss.
    func gradients(of indices: [Int32], _ replica: Replica) -> (values: [Float], loss: Double) {
      let size = replica.samples.height * replica.samples.width
      let (factor, shift) = replica.samples.normalisation(ofChannel: 0)
      var sums = [Double](repeating: 0, count: replica.layout.count)
      var loss = 0.0
      for index in indices {
        let inputs = (0..<size).map {
          rounded(Float(replica.samples.images[Int(index) * size + $0]) * factor + shift)
        }
        let outputs = (0..<classes).map { out in
          (0..<size).reduce(Double(replica.buffers.parameters[classes * size + out])) {
            $0 + inputs[$1] * rounded(replica.buffers.parameters[out * size + $1])
          }
        }
        let exponentials = outputs.map { exp($0) }
        let total = exponentials.reduce(0, +)
        let label = Int(replica.samples.labels[Int(index)])
        loss += log(total) - outputs[label]
        for out in 0..<classes {
          let gradient = rounded(Float(exponentials[out] / total - (out == label ? 1 : 0)))
          for index in 0..<size { sums[out * size + index] += gradient * inputs[index] }
          sums[classes * size + out] += gradient
        }
      }
      return (sums.map { Float($0) }, loss)
    }
  }

  /// The roundings: ties away from zero at ten bits of fraction, ties to even at seven.
  static let roundings: [(Precision, @Sendable (Float) -> Double)] = [
    (
      .tf32,
      { Double(Float(bitPattern: ($0.bitPattern + 0x1000) & ~0x1fff)) }
    ),
    (.bfloat16, { Double(roundedToBfloat16($0)) }),
  ]

  @Test(
    arguments: [0, 1], [(Tile.medium, FakeGPU.natural), (.narrow, .reversed), (.small, .shuffled)])
  func factorsAreRoundedAndNothingElse(number: Int, cut: (tile: Tile, gpu: FakeGPU)) throws {
    let (precision, rounded) = Self.roundings[number]
    let model = try Model.mlp(hidden: [], height: 9, width: 8, classes: 10)
    let replica = Replica(model: model, count: 12)
    for parts in [1, 2] {
      var products = ProductSettings(.own)
      products.tile = cut.tile
      products.parts = parts
      let engine = try CUDAEngine(
        model: model, optimizer: Optimizer(kind: .sgd), on: cut.gpu.open(precision),
        products: products)
      try engine.attach(samples: replica.samples, buffers: replica.buffers, largestBatch: 12)
      let indices: [Int32] = [3, 1, 4, 1, 5, 9, 2, 6]
      let got = replica.gradients(of: indices, by: engine)
      try engine.checkDevice()
      let wanted = Twin(classes: 10, rounded: rounded).gradients(of: indices, replica)
      #expect(abs(got.outcome.lossSum / wanted.loss - 1) < 1e-6)
      // A gradient very close to a tie is sometimes rounded in the other direction.
      #expect(relativeNorm(got.values, wanted.values) < 2e-4)
    }
  }

  /// All layers are as close to full precision as the rounding of factors allows.
  ///
  /// With seven bits, some windows of a pooling have another largest value, and small models have
  /// few windows.
  @Test(arguments: [(Precision.tf32, 4e-3), (.bfloat16, 0.3)], SmallModel.all)
  func modelsStayNearFullPrecision(
    _ rounding: (precision: Precision, bound: Double), small: SmallModel
  ) throws {
    let pair = try EnginePair(
      small.make(), count: 9, on: FakeGPU.natural.open(rounding.precision))
    let indices = (0..<9).map { Int32($0) }
    let wanted = pair.slow.gradients(of: indices, by: pair.reference)
    let got = pair.quick.gradients(of: indices, by: pair.engine)
    try pair.engine.checkDevice()
    let error = relativeNorm(got.values, wanted.values)
    #expect(error < rounding.bound && error > 1e-5, "\(error)")
    #expect(abs(got.outcome.lossSum / wanted.outcome.lossSum - 1) < rounding.bound / 4)
  }
}
