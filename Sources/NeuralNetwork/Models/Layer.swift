/// One layer of a model, without the sizes that depend on its input (those are in `PlacedLayer`).
public enum Layer: Equatable, Sendable {
  /// Convolution with a square kernel, stride 1, no padding, with bias.
  case convolution(kernel: Int, outputs: Int)
  /// Maximum of zero and the input, element by element.
  case relu
  /// Largest value of each `size` x `size` window, with stride `size`.
  ///
  /// Rows and columns at the edges that do not fill a window are dropped.
  case maxPool(size: Int)
  /// Linear map of all inputs, with bias.
  case fullyConnected(outputs: Int)
}

extension Layer {
  /// Whether engines support the size of the layer's window.
  ///
  /// The pooling size is limited to 15 because a byte stores the index of an element in the window.
  var hasPossibleWindow: Bool {
    switch self {
    case .convolution(let kernel, _): kernel > 0
    case .maxPool(let size): (1...15).contains(size)
    case .relu, .fullyConnected: true
    }
  }
}

extension Layer: CustomStringConvertible {
  public var description: String {
    switch self {
    case .convolution(let kernel, let outputs): "conv\(kernel)x\(kernel):\(outputs)"
    case .relu: "relu"
    case .maxPool(let size): "maxpool\(size)"
    case .fullyConnected(let outputs): "fc:\(outputs)"
    }
  }
}

/// Shape of the data between two layers, which is stored as `[height, width, channels]`.
public struct Shape: Equatable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int

  /// A shape with these sizes.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Number of elements.
  public var count: Int { height * width * channels }
}
