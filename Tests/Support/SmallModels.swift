public import NeuralNetwork

/// Small models that together contain every combination of layers that engines handle separately.
public struct SmallModel: Sendable, CustomStringConvertible {
  public let description: String
  private let layers: [Layer]
  private let height: Int
  private let width: Int
  private let channels: Int

  private init(
    description: String, layers: [Layer], height: Int, width: Int, channels: Int = 1
  ) {
    self.description = description
    self.layers = layers
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Makes the model, which has three classes.
  public func make() throws -> Model {
    try Model(
      name: description, layers: layers, height: height, width: width, channels: channels,
      classes: 3)
  }

  public static let all = [
    SmallModel(
      description: "small cnn",
      layers: [
        .convolution(kernel: 3, outputs: 3), .relu, .convolution(kernel: 3, outputs: 4), .relu,
        .maxPool(size: 2), .fullyConnected(outputs: 5), .relu, .fullyConnected(outputs: 3),
      ], height: 8, width: 8),
    SmallModel(
      description: "5x5 kernel, ragged 3x3 pooling, image not square",
      layers: [
        .convolution(kernel: 5, outputs: 5), .relu, .maxPool(size: 3), .fullyConnected(outputs: 3),
      ], height: 9, width: 13),
    SmallModel(
      description: "convolutions without ReLU, ReLU after pooling",
      layers: [
        .convolution(kernel: 2, outputs: 3), .convolution(kernel: 3, outputs: 2), .maxPool(size: 2),
        .relu, .convolution(kernel: 1, outputs: 4), .fullyConnected(outputs: 3),
      ], height: 10, width: 9),
    SmallModel(
      description: "ReLU and pooling first, two ReLUs, full layers without ReLU",
      layers: [
        .relu, .maxPool(size: 2), .convolution(kernel: 2, outputs: 3), .relu, .relu,
        .fullyConnected(outputs: 4), .fullyConnected(outputs: 3),
      ], height: 7, width: 6),
    SmallModel(
      description: "two poolings in a row",
      layers: [
        .convolution(kernel: 3, outputs: 4), .relu, .maxPool(size: 2), .maxPool(size: 2),
        .fullyConnected(outputs: 3),
      ], height: 11, width: 12),
    SmallModel(
      description: "perceptron",
      layers: [
        .fullyConnected(outputs: 7), .relu, .fullyConnected(outputs: 5), .relu,
        .fullyConnected(outputs: 3),
      ], height: 4, width: 5),
    SmallModel(
      description: "small cnn, three channels, image not square",
      layers: [
        .convolution(kernel: 3, outputs: 4), .relu, .convolution(kernel: 3, outputs: 3), .relu,
        .maxPool(size: 2), .fullyConnected(outputs: 5), .relu, .fullyConnected(outputs: 3),
      ], height: 9, width: 8, channels: 3),
    SmallModel(
      description: "5x5 kernel, two channels",
      layers: [.convolution(kernel: 5, outputs: 3), .relu, .fullyConnected(outputs: 3)],
      height: 7, width: 9, channels: 2),
    SmallModel(
      description: "pooling first, four channels",
      layers: [
        .maxPool(size: 2), .convolution(kernel: 3, outputs: 3), .relu, .fullyConnected(outputs: 3),
      ], height: 9, width: 7, channels: 4),
    SmallModel(
      description: "perceptron, three channels",
      layers: [.fullyConnected(outputs: 7), .relu, .fullyConnected(outputs: 3)],
      height: 3, width: 5, channels: 3),
  ]
}
