/// What one layer of a model does; the sizes that follow from its input are in `PlacedLayer`.
public enum Layer: Equatable, Sendable {
  /// Square kernel, stride 1, no padding, with bias.
  case convolution(kernel: Int, outputs: Int)
  /// The larger of zero and the input, element by element.
  case relu
  /// Largest value of each `size` x `size` window, stride `size`; what is left at the edges is
  /// dropped.
  case maxPool(size: Int)
  /// Linear map of all inputs, with bias.
  case fullyConnected(outputs: Int)
}

extension Layer {
  /// Whether the window has a size that engines can work with: a pooling window numbers its places
  /// in a byte.
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

/// Height, width and channels of what flows between layers, stored `[height, width, channels]`.
public struct Shape: Equatable, Sendable {
  public let height: Int
  public let width: Int
  public let channels: Int

  /// A shape by its sizes.
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// Number of elements.
  public var count: Int { height * width * channels }
}
