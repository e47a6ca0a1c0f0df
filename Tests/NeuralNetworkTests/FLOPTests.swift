import NeuralNetwork
import Testing

/// The counted operations agree with counts by hand.
@Suite struct FLOPTests {
  @Test func cnn() throws {
    let model = try Model.cnn(height: 28, width: 28, classes: 10)
    let forward = [
      2 * 9 * 1 * 32 * 26 * 26, 0, 2 * 9 * 32 * 64 * 24 * 24, 0, 0, 2 * 9216 * 128, 0, 2 * 128 * 10,
    ]
    #expect(model.layers.map(\.forwardFLOP) == forward)
    #expect(
      model.layers.indices.map(model.backwardFLOP(ofLayer:))
        == [forward[0]] + forward.dropFirst().map { 2 * $0 })
    #expect(model.trainingFLOP == 71_565_312)
  }

  @Test func mlp() throws {
    let model = try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    #expect(model.trainingFLOP == 2 * 2 * 784 * 512 + 3 * 2 * 512 * 512 + 3 * 2 * 512 * 10)
    #expect(model.trainingFLOP == 3_209_216)
  }

  /// Layers without weights come before the first layer with weights; the image is not square.
  @Test func theFirstLayerWithWeightsHasNoInputGradient() throws {
    let model = try Model(text: "relu,maxpool2,conv5x5:7,fc:3", height: 16, width: 20, classes: 3)
    let convolution = 2 * 25 * 7 * 4 * 6
    #expect(model.layers.map(\.forwardFLOP) == [0, 0, convolution, 2 * 7 * 4 * 6 * 3])
    #expect(model.backwardFLOP(ofLayer: 2) == convolution)
    #expect(model.backwardFLOP(ofLayer: 3) == 2 * 2 * 7 * 4 * 6 * 3)
  }
}
