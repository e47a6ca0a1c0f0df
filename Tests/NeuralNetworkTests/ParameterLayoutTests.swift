import Hashing
import NeuralNetwork
import TestSupport
import Testing

struct ParameterLayoutTests {
  private func cnn() throws -> ParameterLayout {
    ParameterLayout(of: try Model.cnn(height: 28, width: 28, classes: 10))
  }

  @Test func tensorsFollowEachOtherAsInTheModel() throws {
    let tensors = try cnn().tensors
    #expect(
      tensors.map(\.name) == [
        "conv1.weight", "conv1.bias", "conv2.weight", "conv2.bias", "fc1.weight", "fc1.bias",
        "fc2.weight", "fc2.bias",
      ])
    #expect(
      tensors.map(\.canonicalShape) == [
        [32, 1, 3, 3], [32], [64, 32, 3, 3], [64], [128, 9216], [128], [10, 128], [10],
      ])
    #expect(
      tensors.map(\.range) == [
        0..<288, 288..<320, 320..<18_752, 18_752..<18_816, 18_816..<1_198_464,
        1_198_464..<1_198_592, 1_198_592..<1_199_872, 1_199_872..<1_199_882,
      ])
    #expect(tensors.map(\.fanIn) == [9, 9, 288, 288, 9216, 9216, 128, 128])
  }

  /// Expected indices computed by hand from the definition of the two orders.
  @Test(arguments: [
    // Output 5, input 7, row 1, column 2 of [64, 32, 3, 3]: flat is [row, column, input, output].
    ("conv2.weight", 1508, 10_693),
    // Output 3, channel 10, row 4, column 9 of 64 channels of 12 x 12: flat is [.., channel].
    ("fc1.weight", 29_145, 31_306),
    // Fully connected after fully connected, and biases: both orders are equal.
    ("fc2.weight", 777, 777),
    ("conv2.bias", 63, 63),
  ])
  func elementsAreAtTheirIndicesInBothOrders(name: String, canonical: Int, flat: Int) throws {
    let layout = try cnn()
    let start = try #require(layout[name]).range.lowerBound
    var values = [Float](repeating: 0, count: layout.count)
    values[start + canonical] = 1
    var stored = [Float](repeating: 0, count: layout.count)
    stored.withUnsafeMutableBufferPointer { layout.store(canonical: values, into: $0) }
    #expect(stored.firstIndex(of: 1) == start + flat)
    #expect(stored.filter { $0 != 0 }.count == 1)
    #expect(stored.withUnsafeBufferPointer { layout.canonical(from: $0) } == values)
  }

  /// Output 2, channel 1, row 3, column 2 of images of 4 x 5 with three channels.
  @Test func aFullFirstLayerHasTheChannelsFirstInCanonicalOrder() throws {
    let model = try Model.mlp(hidden: [6], height: 4, width: 5, channels: 3, classes: 3)
    let tensor = try #require(ParameterLayout(of: model)["fc1.weight"])
    var flat: [Int] = []
    tensor.forEachElement { if $0 == 2 * 60 + 1 * 20 + 17 { flat.append($1) } }
    #expect(flat == [2 * 60 + 17 * 3 + 1])
  }

  @Test(arguments: SmallModel.all) func canonicalOrderIsAPermutation(small: SmallModel) throws {
    let layout = ParameterLayout(of: try small.make())
    let values = (0..<layout.count).map { Float($0) }
    let canonical = values.withUnsafeBufferPointer { layout.canonical(from: $0) }
    #expect(canonical.sorted() == values)
    var back = [Float](repeating: -1, count: layout.count)
    back.withUnsafeMutableBufferPointer { layout.store(canonical: canonical, into: $0) }
    #expect(back == values)
  }
}

struct InitialWeightsTests {
  private func canonical(_ layout: ParameterLayout, seed: UInt64) -> [Float] {
    var flat = [Float](repeating: .nan, count: layout.count)
    flat.withUnsafeMutableBufferPointer { InitialWeights.fill($0, layout: layout, seed: seed) }
    return flat.withUnsafeBufferPointer { layout.canonical(from: $0) }
  }

  @Test(arguments: ["cnn", "mlp"])
  func equalThoseOfTheIndependentImplementation(name: String) throws {
    let facts = try OracleFacts.read()
    let expected = try #require(facts.initial[name])
    let model =
      name == "cnn"
      ? try Model.cnn(height: 28, width: 28, classes: 10)
      : try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    let layout = ParameterLayout(of: model)
    let values = canonical(layout, seed: facts.seed)
    #expect(layout.tensors.map(\.name) == expected.tensors.map(\.name))
    for (tensor, wanted) in zip(layout.tensors, expected.tensors) {
      #expect(tensor.canonicalShape == wanted.shape)
      #expect(Array(values[tensor.range].prefix(wanted.first.count)) == wanted.first)
    }
    #expect(values.withUnsafeBytes { SHA256.hex(of: $0) } == expected.sha256)
  }

  @Test func stayWithinTheBoundAndFillIt() throws {
    let layout = ParameterLayout(of: try Model.cnn(height: 28, width: 28, classes: 10))
    let values = canonical(layout, seed: 9)
    for tensor in layout.tensors where tensor.range.count > 200 {
      let bound = 1 / Float(tensor.fanIn).squareRoot()
      let largest = values[tensor.range].map { abs($0) }.max() ?? 0
      #expect(largest <= bound && largest > 0.98 * bound)
    }
    #expect(values != canonical(layout, seed: 10))
  }
}
