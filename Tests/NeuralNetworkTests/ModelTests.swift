import NeuralNetwork
import Testing

struct ModelTests {
  @Test func cnnHasTheShapesOfTheExample() throws {
    let model = try Model.cnn(height: 28, width: 28, classes: 10)
    #expect(model.text == "conv3x3:32,relu,conv3x3:64,relu,maxpool2,fc:128,relu,fc:10")
    #expect(model.layers.map(\.name) == ["conv1", nil, "conv2", nil, nil, "fc1", nil, "fc2"])
    #expect(model.layers[4].input == Shape(height: 24, width: 24, channels: 64))
    #expect(model.layers[4].output == Shape(height: 12, width: 12, channels: 64))
    #expect(model.input == Shape(height: 28, width: 28, channels: 1))
    #expect(ParameterLayout(of: model).count == 1_199_882)
  }

  @Test func mlpHasReLUBetweenItsLayers() throws {
    let model = try Model.mlp(hidden: [512, 512], height: 28, width: 28, classes: 10)
    #expect(model.text == "fc:512,relu,fc:512,relu,fc:10")
    #expect(ParameterLayout(of: model).count == 669_706)
    #expect(try Model.mlp(hidden: [], height: 3, width: 4, classes: 2).text == "fc:2")
  }

  @Test func theFirstLayerHasTheChannelsOfTheImages() throws {
    let cnn = try Model.cnn(height: 32, width: 30, channels: 3, classes: 10)
    #expect(cnn.input == Shape(height: 32, width: 30, channels: 3))
    #expect(ParameterLayout(of: cnn)["conv1.weight"]?.canonicalShape == [32, 3, 3, 3])
    #expect(ParameterLayout(of: cnn)["conv1.weight"]?.fanIn == 27)
    let mlp = try Model.mlp(hidden: [7], height: 4, width: 5, channels: 2, classes: 3)
    #expect(ParameterLayout(of: mlp)["fc1.weight"]?.canonicalShape == [7, 40])
    let text = try Model(text: "fc:classes", height: 4, width: 5, channels: 4, classes: 3)
    #expect(text.input.channels == 4 && text.trainingFLOP == 4 * 80 * 3)
    #expect(throws: ModelError.self) {
      try Model(text: "fc:classes", height: 4, width: 5, channels: 0, classes: 3)
    }
  }

  @Test(
    arguments: [
      (
        [.convolution(kernel: 9, outputs: 2)],
        "layer 1 (conv9x9:2) does not fit an input of 8 x 8 x 1"
      ),
      ([.relu, .maxPool(size: 10)], "layer 2 (maxpool10) does not fit an input of 8 x 8 x 1"),
      ([.maxPool(size: 0)], "layer 1 (maxpool0) does not fit an input of 8 x 8 x 1"),
      ([.maxPool(size: 16)], "layer 1 (maxpool16) does not fit an input of 8 x 8 x 1"),
      (
        [.convolution(kernel: 0, outputs: 2)],
        "layer 1 (conv0x0:2) does not fit an input of 8 x 8 x 1"
      ),
      ([.fullyConnected(outputs: 0)], "layer 1 (fc:0) does not fit an input of 8 x 8 x 1"),
      (
        [.fullyConnected(outputs: 6), .convolution(kernel: 3, outputs: 2)],
        "layer 2 (conv3x3:2) does not fit an input of 1 x 1 x 6"
      ),
      ([.fullyConnected(outputs: 4)], "the last layer must be fc:3, one output a class"),
      ([.fullyConnected(outputs: 3), .relu], "the last layer must be fc:3, one output a class"),
      ([], "the last layer must be fc:3, one output a class"),
    ] as [([Layer], String)])
  func errorsNameTheLayer(layers: [Layer], text: String) {
    let error = #expect(throws: ModelError.self) {
      try Model(name: "odd", layers: layers, height: 8, width: 8, classes: 3)
    }
    #expect(error?.description == "model odd: \(text)")
  }

  @Test func imagesTooSmallForTheCNNAreNamed() {
    let error = #expect(throws: ModelError.self) {
      try Model.cnn(height: 4, width: 4, classes: 10)
    }
    #expect(
      error?.description == "model cnn: layer 3 (conv3x3:64) does not fit an input of 2 x 2 x 32")
  }
}

struct OptimizerTests {
  @Test func defaultsAreTheDocumentedOnes() {
    let adam = Optimizer(kind: .adam)
    #expect((adam.learningRate, adam.beta1, adam.beta2) == (1e-3, 0.9, 0.999))
    #expect((adam.epsilon, adam.weightDecay) == (1e-8, 0))
    let sgd = Optimizer(kind: .sgd)
    #expect((sgd.learningRate, sgd.momentum, sgd.weightDecay) == (0.05, 0, 0))
    #expect(Optimizer(kind: .sgd, learningRate: 0.3).learningRate == 0.3)
  }

  @Test func statesPerParameterDependOnTheRule() {
    #expect(Optimizer(kind: .adam).statesPerParameter == 2)
    #expect(Optimizer(kind: .sgd).statesPerParameter == 0)
    #expect(Optimizer(kind: .sgd, momentum: 0.9).statesPerParameter == 1)
  }

  /// 1 - 0.9 = 0.1 and 1 - 0.9^3 = 0.271; 1 - 0.999^2 = 0.001999.
  @Test func adamCorrectsBothMoments() {
    let adam = Optimizer(kind: .adam, learningRate: 0.002)
    #expect(abs(adam.adamStepSize(step: 1) - 0.02) < 1e-15)
    #expect(abs(adam.adamStepSize(step: 3) - 0.002 / 0.271) < 1e-15)
    #expect(abs(adam.adamSecondCorrection(step: 2) - 0.001999.squareRoot()) < 1e-15)
    #expect(adam.adamSecondCorrection(step: 100_000) == 1)
  }
}
