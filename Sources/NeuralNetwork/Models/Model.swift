/// A layer in a model, with the shapes of its input and output and the name of its parameters.
public struct PlacedLayer: Equatable, Sendable {
  public let layer: Layer
  public let input: Shape
  public let output: Shape
  /// Prefix of its tensors' names, such as `conv1` or `fc2`; nil for a layer without parameters.
  public let name: String?
}

/// The reason why a model is not valid, in one line that names the layer.
public struct ModelError: Error, CustomStringConvertible, Equatable, Sendable {
  public let description: String
}

/// A network as a value: its layers, without the code that computes them.
public struct Model: Equatable, Sendable {
  /// The short name that the user chose, such as `cnn`.
  public let name: String
  public let layers: [PlacedLayer]
  public let classes: Int

  /// A model of `layers`, which are checked in order against the image size.
  ///
  /// - Parameters:
  ///   - height: rows of an image.
  ///   - width: columns of an image.
  ///   - channels: channels of an image.
  /// - Throws: `ModelError` naming the layer that does not fit or makes the model too large.
  public init(
    name: String, layers: [Layer], height: Int, width: Int, channels: Int = 1, classes: Int
  ) throws {
    var placed: [PlacedLayer] = []
    var shape = Shape(height: height, width: width, channels: channels)
    var convolutions = 0
    var connections = 0
    var size = ModelSize()
    for (index, layer) in layers.enumerated() {
      var layerName: String?
      let input = shape
      let misfit = ModelError(
        description: "model \(name): layer \(index + 1) (\(layer)) does not fit an input of "
          + "\(input.height) x \(input.width) x \(input.channels)")
      guard layer.hasPossibleWindow, input.channels > 0 else { throw misfit }
      switch layer {
      case .convolution(let kernel, let outputs):
        convolutions += 1
        layerName = "conv\(convolutions)"
        shape = Shape(
          height: input.height - kernel + 1, width: input.width - kernel + 1, channels: outputs)
      case .relu: break
      case .maxPool(let size):
        shape = Shape(
          height: input.height / size, width: input.width / size, channels: input.channels)
      case .fullyConnected(let outputs):
        connections += 1
        layerName = "fc\(connections)"
        shape = Shape(height: 1, width: 1, channels: outputs)
      }
      guard shape.height > 0, shape.width > 0, shape.channels > 0 else { throw misfit }
      if let limit = size.add(layer, input: input, output: shape) {
        throw ModelError(
          description: "model \(name): layer \(index + 1) (\(layer)) makes it too large: expected "
            + limit)
      }
      placed.append(PlacedLayer(layer: layer, input: input, output: shape, name: layerName))
    }
    guard let last = placed.last, last.output == Shape(height: 1, width: 1, channels: classes),
      case .fullyConnected = last.layer
    else {
      throw ModelError(
        description: "model \(name): the last layer must be fc:\(classes), one output a class")
    }
    self.name = name
    self.layers = placed
    self.classes = classes
  }

  /// The network of PyTorch's basic MNIST example, without its dropout.
  public static func cnn(
    height: Int, width: Int, channels: Int = 1, classes: Int
  ) throws -> Model {
    try Model(
      name: "cnn",
      layers: [
        .convolution(kernel: 3, outputs: 32), .relu, .convolution(kernel: 3, outputs: 64), .relu,
        .maxPool(size: 2), .fullyConnected(outputs: 128), .relu, .fullyConnected(outputs: classes),
      ], height: height, width: width, channels: channels, classes: classes)
  }

  /// A multilayer perceptron with ReLU after each hidden layer.
  public static func mlp(
    hidden: [Int], height: Int, width: Int, channels: Int = 1, classes: Int
  ) throws -> Model {
    try Model(
      name: "mlp",
      layers: hidden.flatMap { [.fullyConnected(outputs: $0), .relu] } + [
        .fullyConnected(outputs: classes)
      ], height: height, width: width, channels: channels, classes: classes)
  }

  /// The layers as text, such as `conv3x3:32,relu,fc:10`.
  public var text: String { layers.map { "\($0.layer)" }.joined(separator: ",") }

  /// Shape of an input image.
  public var input: Shape { layers[0].input }
}
