import NeuralNetwork
import Testing

@Suite struct ModelTextTests {
  @Test func namedModelsEqualTheirTexts() throws {
    let cnn = try Model.cnn(height: 28, width: 28, classes: 10)
    let same = try Model(
      text: "conv3x3:32,relu,conv3x3:64,relu,maxpool2,fc:128,relu,fc:classes", height: 28,
      width: 28, classes: 10)
    #expect(same.layers == cnn.layers)
    #expect(same.text == cnn.text)
    let again = try Model(text: cnn.text, height: 28, width: 28, classes: 10)
    #expect(again.layers == cnn.layers)
  }

  @Test(arguments: [
    "conv5x5:20, relu, maxpool2, fc:classes", "Conv5x5:20,ReLU,MaxPool2,FC:Classes",
    " conv5x5 : 20 ,relu,\tmaxpool2, fc: classes ",
  ])
  func spacesAndUpperCaseAreIgnored(text: String) throws {
    let plain = try Model(
      text: "conv5x5:20,relu,maxpool2,fc:classes", height: 28, width: 28, classes: 10)
    let model = try Model(text: text, height: 28, width: 28, classes: 10)
    #expect(model.layers == plain.layers && model.text == plain.text)
    #expect(model.text == "conv5x5:20,relu,maxpool2,fc:10")
  }

  @Test func leNetHasTheExpectedNumberOfParameters() throws {
    let model = try Model(
      text: "conv5x5:20,relu,maxpool2,conv5x5:50,relu,maxpool2,fc:500,relu,fc:classes", height: 28,
      width: 28, classes: 10)
    #expect(ParameterLayout(of: model).count == 520 + 25_050 + 400_500 + 5010)
  }

  @Test(arguments: [
    ("conv3x3:32,reluu,fc:10", "layer 2 is 'reluu'"), ("", "layer 1 is ''"),
    ("fc:128,,fc:10", "layer 2 is ''"), ("conv3x5:4,fc:10", "'conv3x5:4'"),
    ("conv3x3,fc:10", "'conv3x3'"), ("conv3x3:0,fc:10", "'conv3x3:0'"),
    ("fc:-3,fc:10", "'fc:-3'"), ("maxpool2:3,fc:10", "'maxpool2:3'"),
    ("conv29x29:3,fc:10", "layer 1 (conv29x29:3) does not fit an input of 28 x 28 x 1"),
    ("maxpool15,maxpool2,fc:10", "layer 2 (maxpool2) does not fit an input of 1 x 1 x 1"),
    ("fc:128,relu", "the last layer must be fc:10"), ("fc:11", "the last layer must be fc:10"),
  ])
  func errorsNameTheInvalidLayer(text: String, expected: String) {
    do {
      _ = try Model(text: text, height: 28, width: 28, classes: 10)
      Issue.record("\(text) was accepted")
    } catch {
      #expect("\(error)".contains(expected))
    }
  }

  /// Larger models than any memory can hold; their counts would exceed an integer.
  @Test(arguments: [
    (28, "fc:999999,fc:999999,fc:classes", "layer 2 (fc:999999) makes it too large: expected at "),
    (4096, "conv1x1:999999,fc:999999,fc:classes", "at most 268435456 outputs for an image"),
    (4096, "fc:999999,fc:classes", "at most 2147483647 parameters"),
    (1 << 23, "relu,fc:999999,fc:classes", "layer 1 (relu) makes it too large"),
    (1 << 31, "fc:classes", "at most 2147483647 parameters"),
  ])
  func tooLargeModelsAreRefused(side: Int, text: String, expected: String) {
    let error = #expect(throws: ModelError.self) {
      try Model(text: text, height: side, width: side, classes: 10)
    }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
  }

  /// Whatever a text has, its error is one line.
  @Test func errorsAreOneLine() {
    for text in ["fc:1\n0", "relu\u{2028},x\u{1B}[31m", "\u{85}\u{0}", "é"] {
      let error = #expect(throws: ModelError.self) {
        try Model(text: text, height: 28, width: 28, classes: 3)
      }
      #expect(error?.description.utf8.allSatisfy { $0 >= 32 && $0 < 127 } == true)
    }
  }
}
