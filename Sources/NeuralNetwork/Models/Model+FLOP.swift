/// Floating-point operations by direct counting.
///
/// One multiplication and one addition count for each weight and each position where it is applied.
/// Operations that an algorithm such as Winograd's saves or adds do not change the count. Biases,
/// ReLU and pooling do not count.
extension PlacedLayer {
  /// Operations of the forward pass of one image.
  public var forwardFLOP: Int {
    switch layer {
    case .convolution(let kernel, let outputs):
      2 * kernel * kernel * input.channels * outputs * output.height * output.width
    case .fullyConnected(let outputs): 2 * input.count * outputs
    case .relu, .maxPool: 0
    }
  }
}

extension Model {
  /// Operations of the backward pass of the layer at `index` for one image.
  ///
  /// The gradient of the weights takes as many operations as the forward pass, and so does the
  /// gradient of the inputs. The first layer with weights does not need the latter.
  public func backwardFLOP(ofLayer index: Int) -> Int {
    let isFirst = layers[..<index].allSatisfy { $0.name == nil }
    return layers[index].forwardFLOP * (isFirst ? 1 : 2)
  }

  /// Operations of a training step for one image, without the update.
  public var trainingFLOP: Int {
    layers.indices.reduce(0) { $0 + layers[$1].forwardFLOP + backwardFLOP(ofLayer: $1) }
  }
}
